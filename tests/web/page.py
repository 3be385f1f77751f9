"""A browser for tests: cookies of its own, forms sent as a browser sends them, every page looked over.

`get` and `post` are told what answer is expected; a redirect is told where it leads.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.web.html_tree import Element, parse
from web import assets

Fields = Mapping[str, str | Sequence[str]]

# The only one that the content security policy lets run.
_THE_INLINE_SCRIPT = " ".join(assets.theme_script().split())
_CONTROLS = frozenset({"input", "select", "textarea"})
_UNLABELLED = frozenset({"hidden", "submit", "button"})


@dataclass
class Page:
    """An answer: its status and headers, its text, and, if it is HTML, its tree."""

    response: TestResponse
    address: str

    def __post_init__(self) -> None:
        self.status = self.response.status_code
        self.headers = self.response.headers
        self.html = self.response.get_data(as_text=True)
        # The body of a redirect is Flask's and nobody sees it.
        is_shown = self.response.mimetype == "text/html" and not 300 <= self.status < 400
        self.tree = parse(self.html) if is_shown else Element("#none")

    @property
    def heading(self) -> str:
        [heading] = self.tree.all("h1")
        return heading.text

    @property
    def title(self) -> str:
        [title] = [element for element in self.tree.all("title") if element.inside("svg") is None]
        return title.text

    @property
    def text(self) -> str:
        """What can be read on the page, without head and scripts."""
        bodies = self.tree.all("body")
        return bodies[0].text if bodies else self.tree.text

    @property
    def messages(self) -> str:
        """What the last action had to say."""
        element = self.tree.with_id("messages")
        return element.text if element is not None else ""

    def form(self, button: str) -> Element:
        """The form with the submit button that reads `button`."""
        found = [
            form
            for element in self.tree.all("button")
            if button in (element.text, element.get("aria-label")) and (form := element.inside("form"))
        ]
        assert found, f"{self.address} has no button “{button}”: {[b.text for b in self.tree.all('button')]}"
        return found[0]

    def has_button(self, label: str) -> bool:
        return any(label in (element.text, element.get("aria-label")) for element in self.tree.all("button"))

    def error_at(self, name: str) -> str:
        """The message beside the field of that name, which has to be tied to it."""
        error = self.tree.with_id(f"{name}-error")
        assert error is not None, f"no message beside {name}: {self.text[:400]}"
        tied = self.tree.all(where=lambda e: f"{name}-error" in e.get("aria-describedby").split())
        assert tied, f"the message beside {name} is tied to no control"
        assert tied[0].tag == "fieldset" or tied[0].get("aria-invalid") == "true"
        return error.text.removeprefix("Error: ")

    def fields(self, button: str) -> dict[str, list[str]]:
        """What a browser would send if the form with `button` were submitted as it stands."""
        sent: dict[str, list[str]] = {}
        for control in self.form(button).walk():
            if control.tag not in _CONTROLS or not control.get("name"):
                continue
            kind = control.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in control.attributes:
                continue
            if control.tag == "select":
                options = control.all("option")
                chosen = [o for o in options if "selected" in o.attributes] or options[:1]
                values = [option.get("value", option.text) for option in chosen]
            elif control.tag == "textarea":
                # The first line end after the tag is not part of the text.
                text = control.raw_text.removeprefix("\r\n").removeprefix("\n")
                values = [text]
            else:
                values = [control.get("value", "on" if kind == "checkbox" else "")]
            sent.setdefault(control["name"], []).extend(values)
        return sent

    def value_of(self, button: str, name: str) -> str:
        return self.fields(button).get(name, [""])[0]


class Visitor:
    """A browser without JavaScript; `htmx=True` sends one request the way htmx does."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.base_url: str = app.config["BASE_URL"]
        self.client = app.test_client()

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
        response = self.client.post(address, base_url=self.base_url, data=data, headers=self._headers(htmx))
        # Large files are sent from a file on the disk, which nobody else closes.
        response.request.environ["wsgi.input"].close()
        return self._looked_over(response, address, status, leads_to, htmx)

    def submit(
        self, page: Page, button: str, *, status: int = 200, leads_to: str | None = None, **changes: Any
    ) -> Page:
        """Fill in the form with `button` on a page and send it. A change to None leaves the field out."""
        form = page.form(button)
        data: dict[str, str | Sequence[str]] = {**page.fields(button)}
        for name, value in changes.items():
            if value is None:
                data.pop(name, None)
            else:
                assert name in data or self._could_send(form, name), f"the form has no field {name}"
                data[name] = value if isinstance(value, list) else str(value)
        action = form.get("action") or page.address
        return self.post(action, data, status=status, leads_to=leads_to)

    def follow(self, page: Page, *, status: int = 200) -> Page:
        """Open what a redirect points at."""
        return self.get(path_of(page.headers["Location"]), status=status)

    def token(self) -> str:
        """The token of this browser's session, as a page shows it."""
        page = self.client.get("/no-such-page", base_url=self.base_url)
        [meta] = parse(page.get_data(as_text=True)).all("meta", lambda e: e.get("name") == "csrf-token")
        return meta["content"]

    def sign_in(self, email: str, password: str) -> "Visitor":
        page = self.get("/login")
        self.submit(page, "Sign in", leads_to="/", email=email, password=password)
        return self

    def session_cookie(self) -> str:
        """The value of the session cookie, as somebody could copy it out of the browser."""
        cookie = self.client.get_cookie(
            self.app.config["SESSION_COOKIE_NAME"], domain=urlsplit(self.base_url).hostname or "localhost"
        )
        return cookie.value if cookie is not None else ""

    def plant_cookie(self, value: str) -> None:
        self.client.set_cookie(
            self.app.config["SESSION_COOKIE_NAME"],
            value,
            domain=urlsplit(self.base_url).hostname or "localhost",
            secure=self.base_url.startswith("https"),
        )

    @staticmethod
    def _could_send(form: Element, name: str) -> bool:
        # A script adds rows of the same fields, numbered on.
        names = (name, re.sub(r"-\d+-", "-0-", name))
        return any(element.get("name") in names for element in form.walk())

    def _headers(self, htmx: bool) -> dict[str, str]:
        # Browsers name the page a form stands on; over https the form protection insists on it.
        return {"Referer": f"{self.base_url}/", **({"HX-Request": "true"} if htmx else {})}

    def _looked_over(
        self, response: TestResponse, address: str, status: int, leads_to: str | None, htmx: bool
    ) -> Page:
        page = Page(response, address)
        if leads_to is not None:
            assert page.status in (302, 303), f"{address} answered {page.status}: {page.text[:500]}"
            assert path_of(page.headers["Location"]) == leads_to
            return page
        assert page.status == status, f"{address} answered {page.status}, not {status}: {page.text[:500]}"
        if page.tree.children:
            if "<html" not in page.html:
                assert htmx, f"{address} answered a piece of a page to a browser"
                problems = fragment_problems(page.tree)
            else:
                assert not htmx or page.status == 200, f"{address} answered htmx with a whole page"
                problems = page_problems(page)
            assert not problems, f"{address}: {problems}"
        return page


def path_of(location: str) -> str:
    """An address without scheme and host when it is on this server, as redirects are compared."""
    parts = urlsplit(location)
    query = f"?{parts.query}" if parts.query else ""
    return parts.path + query if parts.hostname in (None, "localhost") else location


def page_problems(page: Page) -> list[str]:
    """Everything that is wrong with a whole page, in words. A mail in its frame is judged elsewhere."""
    tree = page.tree
    if "sandbox" in page.headers.get("Content-Security-Policy", ""):
        return []
    problems = [] if len(tree.all("h1")) == 1 else [f"{len(tree.all('h1'))} h1"]
    problems += [] if page.title and page.title.partition(" – ")[0] else ["no title"]
    problems += [] if tree.all("html")[0].get("lang") else ["no lang"]
    return problems + fragment_problems(tree)


def fragment_problems(tree: Element) -> list[str]:
    problems = []
    for name, number in Counter(e["id"] for e in tree.walk() if "id" in e.attributes).items():
        if number > 1:
            problems.append(f"the id {name} {number} times")
    labels = {label.get("for") for label in tree.all("label")}
    ids = {element.get("id") for element in tree.walk()}
    problems += [f"a label for {target}, which is not there" for target in labels - ids if target]
    for element in tree.walk():
        problems += [
            f"{a} on <{element.tag}>" for a in element.attributes if a.startswith("on") or a == "style"
        ]
        is_inline = element.tag == "style" or (element.tag == "script" and "src" not in element.attributes)
        if is_inline and element.text != _THE_INLINE_SCRIPT:
            problems.append(f"inline <{element.tag}>")
        if element.tag == "a" and element.get("href", "#") == "#":
            problems.append(f"a link to nowhere: {element.text}")
        if element.get("href").lower().strip().startswith(("javascript:", "data:")):
            problems.append(f"a link that runs: {element['href']}")
        if element.tag == "form":
            problems += _form_problems(element)
        if element.tag in _CONTROLS and element.get("type") not in _UNLABELLED:
            is_tied = element.get("id") in labels or element.inside("label") is not None
            if not (is_tied or element.get("aria-label") or element.get("aria-labelledby")):
                problems.append(f"no label for {element.get('name')}")
        for name in ("aria-describedby", "aria-labelledby"):
            problems += [f"{name} {i}, which is not there" for i in element.get(name).split() if i not in ids]
    return problems


def _form_problems(form: Element) -> list[str]:
    method = form.get("method").lower()
    problems = [] if method in ("get", "post") else [f"a form with method {method or 'missing'}"]
    if not form.get("action"):
        problems.append("a form without an address to send to")
    tokens = [e for e in form.all("input") if e.get("name") == "csrf_token" and e.get("value")]
    if method == "post" and len(tokens) != 1:
        problems.append(f"a form with {len(tokens)} tokens")
    return problems
