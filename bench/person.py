"""A person at a browser, as HTTP: signs in, connects Zoom, and walks through Schedule Interview."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from bench.installation import PASSWORD, TeamMember

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')


class UnexpectedAnswerError(Exception):
    """The product gave an answer that a person would never get."""


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
    """One browser with its cookies. Follows redirects as a browser does."""

    def __init__(self, base_url: str, member: TeamMember) -> None:
        self._base_url = base_url
        self._member = member
        self._http = requests.Session()
        self._http.trust_env = False
        # Like a browser: a kept connection that the server closed a moment ago is replaced for a GET.
        again = Retry(total=1, allowed_methods=["GET"], raise_on_status=False)
        self._http.mount("http://", HTTPAdapter(max_retries=again))

    def sign_in(self) -> None:
        page = self._get("/login")
        self._post(page.url, self._hidden(page) | {"email": self._member.email, "password": PASSWORD})

    def connect_zoom(self) -> None:
        """Go through the simulated Zoom's consent with the account of the same address."""
        page = self._get("/settings/account/connected-apps")
        consent = self._post(urljoin(self._base_url, "/connect/zoom"), self._hidden(page))
        back = self._post(consent.url, {"decision": "allow", "account": self._member.email})
        if "zoom=connected" not in back.url:
            raise UnexpectedAnswerError(back.url)

    def fill_in(self, candidate_id: int, starts_at: datetime) -> OpenDialog:
        """Walk through the first five steps and stop before the last click. `starts_at` is Berlin's time."""
        page = self._get(f"/candidates/{candidate_id}")
        page = self._post(urljoin(self._base_url, f"/candidates/{candidate_id}/schedule"), self._hidden(page))
        answers: tuple[dict[str, str], ...] = (
            {
                "interview_type": "video",
                "meeting_software": "zoom",
                "agenda": "Introduction, experience discussion, Q&A",
                "password": "",
            },
            {
                "date": f"{starts_at:%Y-%m-%d}",
                "time": f"{starts_at:%H:%M}",
                "duration_minutes": "45",
                "timezone": "Europe/Berlin",
            },
            {"hiring_manager": str(self._member.user_id)},
            {"title": "Engineer Interview", "message_to_candidate": "See you soon.", "internal_notes": ""},
            {},
        )
        for fields in answers:
            page = self._post(page.url, self._hidden(page) | fields)
        if not page.url.endswith("/finalize"):
            raise UnexpectedAnswerError(page.url)
        return OpenDialog(page.url, (*self._hidden(page).items(), *self._ticked(page)))

    def schedule(self, dialog: OpenDialog) -> Click:
        """Click Schedule Interview, and look at the page it leads to."""
        at = time.time()
        answer = self._http.post(dialog.url, data=list(dialog.fields), allow_redirects=False, timeout=60)
        if answer.status_code != 303:
            raise UnexpectedAnswerError(f"{answer.status_code} for {dialog.url}")
        interview_url = urljoin(dialog.url, answer.headers["Location"])
        self._get(interview_url)
        return Click(at, answer.elapsed.total_seconds(), interview_url)

    def _get(self, path: str) -> requests.Response:
        return _good(self._http.get(urljoin(self._base_url, path), timeout=60))

    def _post(self, url: str, fields: dict[str, str]) -> requests.Response:
        return _good(self._http.post(url, data=fields, timeout=60))

    @staticmethod
    def _ticked(page: requests.Response) -> list[tuple[str, str]]:
        """What the checked boxes send: the reminders, and who gets them."""
        boxes = [tag for tag in _INPUT.findall(page.text) if 'type="checkbox"' in tag and " checked" in tag]
        found = [dict(_ATTRIBUTE.findall(tag)) for tag in boxes]
        return [(box["name"], box["value"]) for box in found]

    @staticmethod
    def _hidden(page: requests.Response) -> dict[str, str]:
        """The hidden fields of the page's forms: the token against forgery, and the draft's version."""
        found = {}
        for tag in _INPUT.findall(page.text):
            attributes = dict(_ATTRIBUTE.findall(tag))
            if attributes.get("name") in ("csrf_token", "version"):
                found[attributes["name"]] = attributes.get("value", "")
        return found


def _good(answer: requests.Response) -> requests.Response:
    if answer.status_code != 200:
        raise UnexpectedAnswerError(f"{answer.status_code} for {answer.url}")
    return answer
