"""The round trip to the simulated issuer as these tests make it, and its result."""

import sqlalchemy as sa
from flask import Flask

from extensions import db
from models import LinkedIdentity, Role
from tests.accounts.mails import do_background_work, link_in, the_mail_to
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PRIYA = "priya.raman@northlight.example"


def answer_for(visitor: Visitor, simulators: Simulators, account: str, decision: str = "allow") -> str:
    """The address with which someone comes back from the issuer."""
    left = visitor.get("/login/single-sign-on", status=303)
    return simulators.issuer.decide(left.headers["Location"], account, decision)


def come_back(
    web: Flask, simulators: Simulators, account: str, *, status: int = 303, leads_to: str | None = None
) -> tuple[Visitor, Page]:
    visitor = Visitor(web)
    page = visitor.get(answer_for(visitor, simulators, account), status=status, leads_to=leads_to)
    return visitor, page


def log_of(web: Flask) -> list[str]:
    with in_rows(web):
        return list(db.session.scalars(sa.text("SELECT words FROM audit_entries ORDER BY id")))


def linked(web: Flask) -> list[tuple[int, str]]:
    with in_rows(web):
        return [(each.user_id, each.email) for each in db.session.scalars(sa.select(LinkedIdentity))]


def invited(ada: Visitor, email: str = PRIYA) -> None:
    fields = {"name": "Priya Raman", "email": email, "role": Role.RECRUITER.value}
    ada.submit(ada.get("/settings/team/invite"), "Send invitation", status=303, **fields)


def reset_password(web: Flask, simulators: Simulators, email: str) -> Page:
    """Choose a new password by email; returns the page on which that is done."""
    stranger = Visitor(web)
    stranger.post("/password-reset", {"email": email})
    do_background_work(web)
    mail = the_mail_to(simulators, email, "Choose a new password")
    page = stranger.get(link_in(mail, "/password-reset/"))
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"unlinks the account with which you also sign in: {email}." in body.get_content()
    stranger.submit(page, "Save password", status=303, password="a brand new sentence")
    return page
