"""A browser for tests: it has its own cookies, sends forms as a browser does, and checks every page.

`get` and `post` are told what answer is expected; a redirect is told where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.test import TestResponse

from database import writing
from extensions import db
from tests.factories import PASSWORD, Member
from tests.pages.page import Page
from tests.pages.tree import Element
from web import signed_in

# Texts, numbers, lists of them, and files in Werkzeug's form.
Fields = Mapping[str, Any]


class Visitor:
    """A browser without JavaScript; `htmx=True` sends one request the way htmx does.

    `address` is where its requests come from.
    """

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.app = app
        self.base_url: str = app.config["BASE_URL"]
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address
        # The id of who has entered; 0 for anonymous visitors and those who used the form.
        self.user_id = 0
        self._token: tuple[object, str] | None = None

    def get(
        self, address: str, *, status: int = 200, leads_to: str | None = None, htmx: bool = False
    ) -> Page:
        """Open an address; with `leads_to` the answer has to be a redirect to exactly that path."""
        response = self.client.get(address, base_url=self.base_url, headers=self._headers(htmx))
        return self._looked_over(response, address, status, leads_to, htmx)

    def post(
        self,
        address: str,
        fields: Fields | None = None,
        *,
        status: int = 200,
        leads_to: str | None = None,
        htmx: bool = False,
        with_token: bool = True,
    ) -> Page:
        """Send a form, with the token that this browser's pages carry."""
        data = dict(fields or {})
        if with_token and "csrf_token" not in data:
            data["csrf_token"] = self.token()
        # Browsers name the origin of each form.
        headers = {**self._headers(htmx), "Origin": self.base_url}
        response = self.client.post(address, base_url=self.base_url, data=data, headers=headers)
        # Large files are sent from a file on the disk, which no one else closes.
        response.request.environ["wsgi.input"].close()
        return self._looked_over(response, address, status, leads_to, htmx)

    def submit(
        self, page: Page, button: str, *, status: int = 200, leads_to: str | None = None, **changes: Any
    ) -> Page:
        """Fill in the form with `button` on a page and send it. A change to None leaves the field out."""
        form = page.form(button)
        data: dict[str, Any] = {**page.fields(button)}
        for name, value in changes.items():
            if value is None:
                data.pop(name, None)
            else:
                assert name in data or self._could_send(form, name), f"the form has no field {name}"
                data[name] = value if isinstance(value, list) else str(value)
        action = form.get("action") or page.address
        return self.post(action, data, status=status, leads_to=leads_to)

    def follow(self, page: Page, *, status: int = 200) -> Page:
        """Open the page that a redirect points to."""
        return self.get(path_of(page.headers["Location"]), status=status)

    def token(self) -> str:
        """The token of this browser's session, as the last page showed it; opens one if there was none."""
        secret = self._secret()
        if self._token is None or self._token[0] != secret:
            # A page that everyone can open.
            self.get("/no-such-page", status=404)
        assert self._token is not None
        return self._token[1]

    def sign_in(self, email: str, password: str = PASSWORD) -> Visitor:
        """Sign in with the form, for tests about signing in. Others `enter`."""
        page = self.get("/login")
        self.submit(page, "Sign in", leads_to="/", email=email, password=password)
        return self

    def try_to_sign_in(self, email: str, password: str) -> int:
        """Send the sign-in form, and return the status of the answer: 303 if it let them in."""
        data = {"csrf_token": self.token(), "email": email, "password": password}
        answer = self.client.post("/login", base_url=self.base_url, data=data, headers=self._headers(False))
        return answer.status_code

    @property
    def is_signed_in(self) -> bool:
        """Whether this browser can see a page for people who are signed in."""
        return self.client.get("/jobs", base_url=self.base_url).status_code == 200

    def enter(self, user: Member) -> Visitor:
        """Be signed in, with a real session, but without the form, the password, or an entry in the System
        log."""
        with self.app.test_request_context(base_url=self.base_url, environ_base=self.client.environ_base):
            with writing():
                signed_in.begin(user.id)
                db.session.commit()
            answer = self.app.response_class()
            self.app.session_interface.save_session(self.app, session, answer)
        name, _, value = answer.headers["Set-Cookie"].partition(";")[0].partition("=")
        assert name == self.app.config["SESSION_COOKIE_NAME"]
        self.plant_cookie(value)
        self.user_id = user.id
        return self

    def session_cookie(self) -> str:
        """The value of the session cookie, as someone could copy it out of the browser."""
        cookie = self.client.get_cookie(
            self.app.config["SESSION_COOKIE_NAME"], domain=urlsplit(self.base_url).hostname or "localhost"
        )
        return cookie.value if cookie is not None else ""

    def plant_cookie(self, value: str) -> Visitor:
        self.client.set_cookie(
            self.app.config["SESSION_COOKIE_NAME"],
            value,
            domain=urlsplit(self.base_url).hostname or "localhost",
            secure=self.base_url.startswith("https"),
        )
        return self

    @staticmethod
    def _could_send(form: Element, name: str) -> bool:
        # A script adds rows of the same fields, numbered on.
        names = (name, re.sub(r"-\d+-", "-0-", name))
        return any(element.get("name") in names for element in form.walk())

    def _secret(self) -> object:
        """What the token belongs to. It changes when someone signs in or out."""
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        cookie = self.session_cookie()
        if signer is None or not cookie:
            return None
        try:
            return signer.loads(cookie).get("csrf_token")
        except BadSignature:
            # A cookie that a test made up.
            return None

    def _headers(self, htmx: bool) -> dict[str, str]:
        # Browsers name the page a form is on; over https the form protection insists on it.
        return {"Referer": f"{self.base_url}/", **({"HX-Request": "true"} if htmx else {})}

    def _looked_over(
        self, response: TestResponse, address: str, status: int, leads_to: str | None, htmx: bool
    ) -> Page:
        page = Page(response, address)
        if page.token is not None:
            self._token = (self._secret(), page.token)
        if leads_to is not None:
            assert page.status in (302, 303), f"{address} answered {page.status}: {page.text[:500]}"
            assert path_of(page.headers["Location"]) == leads_to
            return page
        assert page.status == status, f"{address} answered {page.status}, not {status}: {page.text[:500]}"
        if page.is_shown:
            if page.is_whole:
                assert not htmx or page.status == 200, f"{address} answered htmx with a whole page"
            else:
                assert htmx, f"{address} answered a piece of a page to a browser"
            assert not page.checked.problems, f"{address}: {page.checked.problems}"
        return page


def path_of(location: str) -> str:
    """An address without scheme and host if it is on this server, to compare redirects with."""
    parts = urlsplit(location)
    query = f"?{parts.query}" if parts.query else ""
    return parts.path + query if parts.hostname in (None, "localhost") else location
