"""One person's browser without JavaScript: reads pages as text, sends forms with the page's token."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import PASSWORD, Member


class Visitor:
    def __init__(self, app: Flask) -> None:
        self.base_url: str = app.config["BASE_URL"]
        self.client = app.test_client()

    def sign_in(self, member: Member) -> "Visitor":
        self.post("/login", {"email": member.email, "password": PASSWORD}, status=303)
        return self

    def get(self, address: str, *, status: int = 200) -> str:
        """The page as it was sent."""
        answer = self.client.get(address, base_url=self.base_url)
        assert answer.status_code == status, f"{address} answered {answer.status_code}"
        return answer.get_data(as_text=True)

    def read(self, address: str, *, status: int = 200) -> str:
        """What can be read on the page."""
        return words_of(self.get(address, status=status))

    def post(
        self, address: str, fields: Mapping[str, Any] | None = None, *, status: int = 303
    ) -> TestResponse:
        token = self._token()
        answer = self.client.post(
            address,
            base_url=self.base_url,
            data={"csrf_token": token, **(fields or {})},
            headers={"Referer": f"{self.base_url}/"},
        )
        assert answer.status_code == status, (
            f"{address} answered {answer.status_code}: {words_of(answer.get_data(as_text=True))[:600]}"
        )
        return answer

    def _token(self) -> str:
        page = self.client.get("/no-such-page", base_url=self.base_url).get_data(as_text=True)
        found = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        return found.group(1)


def words_of(html: str) -> str:
    """The text between the tags of the page's content, with single spaces."""
    content = html.partition("<main")[2].partition("</main>")[0] or html
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", content)).split())


def link_to(html: str, rel: str) -> str | None:
    """The address of the link with that relation."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', html)
    return unescape(found.group(1)) if found else None


def row_names(html: str) -> Sequence[str]:
    """What the rows of the page's lists lead to, in order."""
    return [unescape(name) for name in re.findall(r'class="row-link"[^>]*>([^<]*)<', html)]
