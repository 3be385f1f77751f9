"""One person's browser: cookies of its own, and the token of its pages with everything it sends."""

import re
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

import background
from database import writing
from tests.factories import PASSWORD
from tests.machines.simulators import Simulators


def do_background_work(app: Flask) -> None:
    """Everything that is due, and what follows from it."""
    with writing():
        while background.make_runner(app).run_due():
            pass


class Browser:
    """Sends forms as pages do. `address` is where its requests come from."""

    def __init__(self, app: Flask, address: str = "203.0.113.7") -> None:
        self.app = app
        self.client = app.test_client()
        self._environ = {"REMOTE_ADDR": address}

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, environ_overrides=self._environ)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{text_of(answer)[-1500:]}"
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, **fields: object) -> TestResponse:
        page = self.client.get("/no-such-page", environ_overrides=self._environ).get_data(as_text=True)
        [token] = re.findall(r'name="csrf-token" content="([^"]+)"', page)
        answer = self.client.post(path, data={"csrf_token": token, **fields}, environ_overrides=self._environ)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{text_of(answer)[-1500:]}"
        return answer

    def sign_in(self, email: str, password: str = PASSWORD) -> "Browser":
        self.post("/login", email=email, password=password)
        return self

    def try_to_sign_in(self, email: str, password: str) -> int:
        """The status of the answer: 303 is in."""
        page = self.client.get("/no-such-page", environ_overrides=self._environ).get_data(as_text=True)
        [token] = re.findall(r'name="csrf-token" content="([^"]+)"', page)
        return self.client.post(
            "/login",
            data={"csrf_token": token, "email": email, "password": password},
            environ_overrides=self._environ,
        ).status_code

    @property
    def is_signed_in(self) -> bool:
        return self.client.get("/jobs", environ_overrides=self._environ).status_code == 200

    def session_cookie(self) -> str:
        cookie = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        return cookie.value if cookie is not None else ""

    def plant_cookie(self, value: str) -> "Browser":
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], value)
        return self


def text_of(answer: TestResponse) -> str:
    """What somebody reads of a page, roughly: no tags, single spaces."""
    return words_of(answer.get_data(as_text=True))


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2])).split())


def the_mail_to(simulators: Simulators, address: str, subject: str) -> EmailMessage:
    """The one mail to an address whose subject holds these words."""
    [found] = [m.message for m in simulators.mails(address) if subject in str(m.message["Subject"])]
    return found


def link_in(mail: EmailMessage, path: str) -> str:
    """The path of the link in the text part that begins with `path`."""
    part = mail.get_body(("plain",))
    assert part is not None
    [link] = re.findall(rf"http://localhost{path}\S+", part.get_content())
    return urlsplit(link).path
