"""A person at a browser, as HTTP: signs in, connects Zoom, schedules, moves and cancels interviews."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')
# What forms send along that no one types: the token against forgery, and what was shown to the reader.
_KEPT = ("csrf_token", "version", "seen", "since", "shown")
# How a proxy answers while the server behind it is down.
_OF_THE_PROXY = (502, 503, 504)
# How long people take to reload a page, in seconds.
_TO_RELOAD = 1.0
_ZONE = "Europe/Berlin"
FILE_NAME = "plan.pdf"


class UnexpectedAnswerError(Exception):
    """The product gave an answer that a person should never get."""


class LostSessionError(UnexpectedAnswerError):
    """Someone who had signed in was asked to sign in again."""


@dataclass(frozen=True)
class OpenDialog:
    """A dialog on its last page, with everything filled in; `fields` are what the last click sends."""

    url: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Click:
    """The last click: when it was made (seconds of the epoch) and how long the answer took (seconds)."""

    at: float
    seconds: float
    interview_url: str


class Person:
    """One browser with its cookies. Follows redirects as a browser does.

    With `tries`, a request that got no answer, or one of the proxy's own, is sent that often, as people
    reload a page; `reloads` counts it.
    """

    def __init__(self, base_url: str, email: str, password: str, *, tries: int = 1) -> None:
        self.base_url = base_url
        self._email, self._password = email, password
        self._tries = tries
        self.reloads = 0
        self._http = requests.Session()
        self._http.trust_env = False
        # Like a browser: a kept connection that the server closed a moment ago is replaced for a GET.
        again = Retry(total=1, allowed_methods=["GET"], raise_on_status=False)
        self._http.mount("http://", HTTPAdapter(max_retries=again))

    def sign_in(self) -> None:
        page = self._send("GET", urljoin(self.base_url, "/login"))
        self._post(page.url, self._hidden(page) | {"email": self._email, "password": self._password})

    def connect_zoom(self) -> None:
        """Go through the simulated Zoom's consent with the account of the same address."""
        page = self._get("/settings/account/connected-apps")
        consent = self._post(urljoin(self.base_url, "/connect/zoom"), self._hidden(page))
        back = self._post(consent.url, {"decision": "allow", "account": self._email})
        if "zoom=connected" not in back.url:
            raise UnexpectedAnswerError(back.url)

    def look_at(self, path: str) -> float:
        """Open a page; returns the seconds until it arrived, including everything it took to get it."""
        began = time.perf_counter()
        self._get(path)
        return time.perf_counter() - began

    def fill_in(
        self, candidate_id: int, hiring_manager_id: int, starts_at: datetime, *, file: bytes = b""
    ) -> OpenDialog:
        """Walk through the first five steps and stop before the last click. `starts_at` is in Berlin time.
        The candidate's invitation will have the PDF `file` attached, if there is one."""
        page = self._get(f"/candidates/{candidate_id}")
        page = self._post(urljoin(self.base_url, f"/candidates/{candidate_id}/schedule"), self._hidden(page))
        answers: tuple[dict[str, str], ...] = (
            {
                "interview_type": "video",
                "meeting_software": "zoom",
                "agenda": "Introduction, experience discussion, Q&A",
                "password": "",
            },
            _when(starts_at),
            {"hiring_manager": str(hiring_manager_id)},
            {"title": "Engineer Interview", "message_to_candidate": "See you soon.", "internal_notes": ""},
            {},
        )
        for fields in answers:
            files = {"files": (FILE_NAME, file, "application/pdf")} if file and "title" in fields else None
            page = self._post(page.url, self._hidden(page) | fields, files)
        if not page.url.endswith("/finalize"):
            raise UnexpectedAnswerError(page.url)
        return OpenDialog(page.url, (*self._hidden(page).items(), *self._ticked(page)))

    def schedule(self, dialog: OpenDialog) -> Click:
        """Click Schedule Interview, and look at the page it leads to."""
        at = time.time()
        answer = self._send("POST", dialog.url, data=list(dialog.fields), allow_redirects=False)
        interview_url = _leads_to(answer)
        self._get(interview_url)
        return Click(at, answer.elapsed.total_seconds(), interview_url)

    def reschedule(self, interview_url: str, starts_at: datetime) -> None:
        """Move an interview to another time, in Berlin time, which is shown once before it is confirmed."""
        page = self._get(f"{interview_url}/reschedule")
        wanted = {**_when(starts_at), "words": "Another time suits better."}
        shown = self._post(page.url, self._hidden(page) | wanted)
        if shown.url == interview_url:
            return
        answer = self._send("POST", page.url, data=self._hidden(shown) | wanted, allow_redirects=False)
        self._get(_leads_to(answer))

    def cancel(self, interview_url: str) -> None:
        """Cancel an interview on the page that asks for confirmation."""
        page = self._get(f"{interview_url}/cancel")
        fields = self._hidden(page) | {"words": "The role is filled.", "tells_candidate": "y"}
        self._get(_leads_to(self._send("POST", page.url, data=fields, allow_redirects=False)))

    def _get(self, path: str) -> requests.Response:
        return self._good(self._send("GET", urljoin(self.base_url, path)))

    def _post(
        self, url: str, fields: Mapping[str, str], files: Mapping[str, Any] | None = None
    ) -> requests.Response:
        return self._good(self._send("POST", url, data=fields, files=files))

    def _send(self, method: str, url: str, **how: Any) -> requests.Response:
        for left in reversed(range(self._tries)):
            try:
                answer = self._http.request(method, url, timeout=60, **how)
            except requests.ConnectionError:
                if not left:
                    raise
            else:
                if answer.status_code not in _OF_THE_PROXY or not left:
                    return answer
            self.reloads += 1
            time.sleep(_TO_RELOAD)
        raise AssertionError("at least one try is made")

    @staticmethod
    def _good(answer: requests.Response) -> requests.Response:
        if urlsplit(answer.url).path == "/login":
            raise LostSessionError(answer.history[0].url if answer.history else answer.url)
        if answer.status_code != 200:
            raise UnexpectedAnswerError(f"{answer.status_code} for {answer.url}")
        return answer

    @staticmethod
    def _ticked(page: requests.Response) -> list[tuple[str, str]]:
        """What the checked boxes send: the reminders, and who gets them."""
        boxes = [tag for tag in _INPUT.findall(page.text) if 'type="checkbox"' in tag and " checked" in tag]
        found = [dict(_ATTRIBUTE.findall(tag)) for tag in boxes]
        return [(box["name"], box["value"]) for box in found]

    @staticmethod
    def _hidden(page: requests.Response) -> dict[str, str]:
        """The hidden fields that a person's form sends along."""
        found = {}
        for tag in _INPUT.findall(page.text):
            attributes = dict(_ATTRIBUTE.findall(tag))
            if attributes.get("name") in _KEPT:
                found[attributes["name"]] = attributes.get("value", "")
        return found


def _when(starts_at: datetime) -> dict[str, str]:
    return {
        "date": f"{starts_at:%Y-%m-%d}",
        "time": f"{starts_at:%H:%M}",
        "duration_minutes": "45",
        "timezone": _ZONE,
    }


def _leads_to(answer: requests.Response) -> str:
    """Where an answer sends people after something was done."""
    if answer.status_code != 303:
        raise UnexpectedAnswerError(f"{answer.status_code} for {answer.url}")
    where = urljoin(answer.url, answer.headers["Location"])
    if urlsplit(where).path == "/login":
        raise LostSessionError(answer.url)
    return where
