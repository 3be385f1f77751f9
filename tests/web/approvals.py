"""Steps for tests in which someone waits for an administrator."""

from urllib.parse import urlencode

from flask import Flask

from extensions import db
from models import AdminApproval
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.microsoft import CALENDAR
from tests.web.round_trips import APPS

ASK, FORGET = f"{APPS}/{CALENDAR}/administrator", f"{APPS}/{CALENDAR}/administrator/forget"
EMAIL, ADDRESS = f"{ASK}/email", f"{CALENDAR}-email"
IT = "it@harborview.example"
HARBORVIEW = "harborview.example"


def approvals(app: Flask) -> list[AdminApproval]:
    with in_rows(app):
        return list(db.session.scalars(db.select(AdminApproval).order_by(AdminApproval.id)))


def link_on(page: Page) -> str:
    """The administrator's link on the card."""
    link = page.tree.with_id(f"administrator-link-{CALENDAR}")
    assert link is not None
    return link["href"]


def wait(visitor: Visitor) -> str:
    """Ask for an administrator's approval, and return the link for them."""
    visitor.post(ASK, status=303)
    return link_on(visitor.get(APPS))


def answered(browser: Visitor, query: dict[str, str], *, status: int = 200) -> Page:
    return browser.get(f"/connect/microsoft/callback?{urlencode(query)}", status=status)


def forged(query: dict[str, str], **more: str) -> dict[str, str]:
    return {"admin_consent": "True", **query, **more}
