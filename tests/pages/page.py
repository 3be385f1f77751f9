"""One answer of the product as a person sees it: its words, its forms, and what a form would send."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from werkzeug.test import TestResponse

from tests.pages.checks import CONTROLS, NOTHING, Checked, checked
from tests.pages.tree import Element


@dataclass
class Page:
    """An answer: its status and headers, its text, and, if it is HTML, its tree."""

    response: TestResponse
    address: str

    def __post_init__(self) -> None:
        self.status = self.response.status_code
        self.headers = self.response.headers
        self.was_streamed = self.response.is_streamed
        # Large files come from the disk, and no one else closes them.
        with self.response:
            self.response.get_data()

    @cached_property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def is_shown(self) -> bool:
        """Whether it is HTML that a person sees; the body of a redirect is Flask's, and no one sees it."""
        return (
            self.response.mimetype == "text/html"
            and not 300 <= self.status < 400
            and bool(self.response.get_data())
        )

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole page and not a piece of one, as htmx gets."""
        return "<html" in self.html

    @property
    def tree(self) -> Element:
        return self.checked.root

    @cached_property
    def checked(self) -> Checked:
        """Its tree, and everything that is wrong with it."""
        return (
            checked(self.html, is_mail="sandbox" in self.headers.get("Content-Security-Policy", ""))
            if self.is_shown
            else NOTHING
        )

    @property
    def token(self) -> str | None:
        """The token that the page's forms and htmx send, if there is one. The tree holds a made-up one."""
        if not self.is_shown:
            return None
        found = re.search(r'name="csrf[-_]token"[^>]*? (?:content|value)="([^"]+)"', self.html)
        return found.group(1) if found else None

    @property
    def heading(self) -> str:
        [heading] = self.tree.all("h1")
        return heading.text

    @property
    def step_heading(self) -> str:
        """Which step of Schedule Interview this is."""
        [heading] = self.tree.all("h2", lambda element: element.get("id") == "step-heading")
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
    def words(self) -> str:
        """What can be read in the page's main part, or in all of a piece, with a space at every tag."""
        mains = self.tree.all("main")
        return mains[0].words if mains else self.tree.words

    @property
    def row_names(self) -> list[str]:
        """What the rows of the page's lists are called, in order."""
        return [link.text for link in self.tree.all("a", lambda e: "row-link" in e.get("class").split())]

    def link_to(self, rel: str) -> str | None:
        """The address of the link with that `rel`, such as `next`."""
        found = self.tree.all("a", lambda e: rel in e.get("rel").split())
        return found[0]["href"] if found else None

    @property
    def messages(self) -> str:
        """The messages of the last action."""
        element = self.tree.with_id("messages")
        return element.text if element is not None else ""

    @property
    def message_links(self) -> list[tuple[str, str]]:
        """The links in the last action's message, with their addresses."""
        element = self.tree.with_id("messages")
        return [(link.text, link["href"]) for link in element.all("a")] if element is not None else []

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
        """The message beside the field of that name; the field has to refer to it."""
        error = self.tree.with_id(f"{name}-error")
        assert error is not None, f"no message beside {name}: {self.text[:400]}"
        tied = self.tree.all(where=lambda e: f"{name}-error" in e.get("aria-describedby").split())
        assert tied, f"the message beside {name} is tied to no control"
        assert tied[0].tag == "fieldset" or tied[0].get("aria-invalid") == "true"
        return error.text.removeprefix("Error: ")

    def fields(self, button: str) -> dict[str, list[str]]:
        """What a browser would send if the form with `button` were submitted unchanged."""
        sent: dict[str, list[str]] = {}
        for control in self.form(button).walk():
            if control.tag not in CONTROLS or not control.get("name"):
                continue
            kind = control.get("type", "text")
            if control["name"] == "csrf_token":
                sent["csrf_token"] = [self.token or ""]
                continue
            if kind in ("checkbox", "radio") and "checked" not in control.attributes:
                continue
            if control.tag == "select":
                options = control.all("option")
                chosen = [o for o in options if "selected" in o.attributes] or options[:1]
                values = [option.get("value", option.text) for option in chosen]
            elif control.tag == "textarea":
                # A line break right after the tag is not part of the text.
                text = control.raw_text.removeprefix("\r\n").removeprefix("\n")
                values = [text]
            else:
                values = [control.get("value", "on" if kind == "checkbox" else "")]
            sent.setdefault(control["name"], []).extend(values)
        return sent

    def value_of(self, button: str, name: str) -> str:
        return self.fields(button).get(name, [""])[0]
