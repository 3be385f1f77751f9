"""The way to the simulated Microsoft's pages and back, as the browsers of people and administrators take
it."""

from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask

from models import Connection
from tests.factories import LENA
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.round_trips import come_back, message_of, result_of, stored

CALENDAR, MAIL = "outlook-calendar", "outlook-mail"
# A person in an organization whose people may not allow calendars on their own, and its administrator.
ADA_BROOK, OWEN = "ada.brook@harborview.example", "owen.park@harborview.example"
PERSONAL = "lena.vogel.private@mail.example"
NO_MAILBOX = "ben.hollis@northlight.example"
EXPIRED = "The client secret of this server's Microsoft app has expired"


def row_of(app: Flask, key: str = CALENDAR) -> Connection:
    """The only connection of one of its apps."""
    [row] = [each for each in stored(app) if each.app == key]
    return row


def leave_for(visitor: Visitor, app: str) -> str:
    """Press Connect on the card of an app, and return the address of Microsoft's consent page."""
    return visitor.post(f"/connect/{app}", status=303).headers["Location"]


def consent_at_microsoft(address: str, account: str, decision: str = "allow") -> dict[str, str]:
    """Answer the consent page, leave the page that asks for an administrator's approval if it comes next, and
    return the query of the redirect back."""
    form = {"account": account, "decision": decision}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    if answer.status_code == 200:
        assert "Need admin approval" in answer.text
        form["decision"] = "leave"
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def try_microsoft(visitor: Visitor, app: str, account: str = LENA, decision: str = "allow") -> Page:
    """Go all the way there and back, whatever the result."""
    address = leave_for(visitor, app)
    return come_back(visitor, consent_at_microsoft(address, account, decision), "microsoft")


def connect_microsoft(visitor: Visitor, app: str, account: str = LENA) -> str:
    """The same if it has to succeed; returns what the page says about it."""
    back = try_microsoft(visitor, app, account)
    assert result_of(back) == "microsoft=connected", message_of(visitor, back)
    return message_of(visitor, back)


def decide_as_admin(link: str, account: str = OWEN, decision: str = "allow") -> dict[str, str]:
    """Open the link for administrators, decide, and return the query of the redirect back."""
    page = requests.get(link, timeout=10)
    assert page.status_code == 200, page.text
    form = {"account": account, "decision": decision}
    answer = requests.post(link, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
