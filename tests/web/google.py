"""The way to the simulated Google's consent page and back, as a browser takes it, for both of its apps."""

from collections.abc import Collection
from urllib.parse import parse_qs, urlsplit

import requests

from tests.factories import LENA
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.round_trips import come_back, message_of, result_of

CALENDAR, GMAIL = "google-calendar", "gmail"
EVENTS = "https://www.googleapis.com/auth/calendar.events.owned"
FREE_BUSY = "https://www.googleapis.com/auth/calendar.freebusy"


def leave_for(visitor: Visitor, app: str) -> str:
    """Press Connect on the card of an app, and return the address of Google's consent page."""
    return visitor.post(f"/connect/{app}", status=303).headers["Location"]


def consent_at_google(
    address: str, account: str = LENA, checked: Collection[str] | None = None
) -> dict[str, str]:
    """Answer the consent page, and return the query of the redirect back. `checked`: only these boxes are
    checked; None: all."""
    form: dict[str, object] = {"decision": "allow", "account": account}
    if checked is not None:
        form |= {"boxes": "shown", "granted": list(checked)}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def try_google(
    visitor: Visitor, app: str, account: str = LENA, checked: Collection[str] | None = None
) -> Page:
    """Go all the way there and back, whatever the result."""
    return come_back(visitor, consent_at_google(leave_for(visitor, app), account, checked), "google")


def connect_google(visitor: Visitor, app: str, account: str = LENA) -> str:
    """The same if it has to succeed; returns what the page says about it."""
    back = try_google(visitor, app, account)
    assert result_of(back) == "google=connected", message_of(visitor, back)
    return message_of(visitor, back)
