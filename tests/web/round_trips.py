"""The way to the simulated Zoom's consent page and back, as a browser takes it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from flask import Flask

from extensions import db
from models import Connection
from tests.factories import LENA, consent
from tests.machines.processes import wait_until
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor

APPS = "/settings/account/connected-apps"
CALLBACK = "/connect/zoom/callback"


def leave(visitor: Visitor, button: str = "Connect") -> str:
    """Press the button, and return the address of the provider's consent page."""
    answer = visitor.submit(visitor.get(APPS), button, status=303)
    return answer.headers["Location"]


def come_back(visitor: Visitor, answer: dict[str, str], provider: str = "zoom") -> Page:
    return visitor.get(f"/connect/{provider}/callback?{urlencode(answer)}", status=303)


def connect(visitor: Visitor, account: str = LENA) -> None:
    """Go all the way there and back."""
    assert result_of(come_back(visitor, consent(leave(visitor), account))) == "zoom=connected"


def result_of(page: Page) -> str:
    return page.headers["Location"].rpartition("?")[2]


def message_of(visitor: Visitor, back: Page) -> str:
    """What the page at the end of a round trip says about it."""
    notice = visitor.follow(back).tree.with_id("round-trip")
    assert notice is not None
    return notice.all("p")[0].text


def stored(app: Flask) -> list[Connection]:
    with in_rows(app):
        return list(db.session.scalars(db.select(Connection).order_by(Connection.id)))


def card_of(page: Page, app: str = "zoom") -> str:
    """What the card of an app says."""
    card = page.tree.with_id(f"app-{app}")
    assert card is not None
    return card.text


@contextmanager
def coming_back(simulators: Simulators, visitor: Visitor, answer: dict[str, str]) -> Iterator[None]:
    """Do something while the provider, whose tokens have already arrived, is asked whose account it is."""
    simulators.zoom_switches(latency_ms=500)
    thread = threading.Thread(target=lambda: come_back(visitor, answer))
    thread.start()
    wait_until(lambda: simulators.ledger()["token_calls"] == 1, what="the tokens come", timeout=10)
    yield
    thread.join(10)
    simulators.zoom_switches(latency_ms=0)
    assert simulators.ledger()["token_calls"] == 1
