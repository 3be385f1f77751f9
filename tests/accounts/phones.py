"""Authenticator apps on made-up phones, and signing in with them."""

import re
from datetime import timedelta

import pyotp
from flask import Flask

from extensions import db
from models import AuditEntry
from tests.factories import PASSWORD, Member
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

HOME = "/settings/account/two-step-verification"
SET_UP = f"{HOME}/set-up"


class Phone:
    """An authenticator app that has scanned the QR code on a page."""

    def __init__(self, clock: Clock, page: Page) -> None:
        self._clock = clock
        shown = re.search(r"secret=([A-Z2-7]{32})&(?:amp;)?issuer", page.html)
        assert shown is not None, page.text
        self.secret = shown.group(1)
        self.codes: list[str] = []

    def code(self, *, ahead: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(self._clock.now.timestamp()) // 30 + ahead)

    def next_code(self) -> str:
        """A code that has not been used yet: half a minute passes."""
        self._clock.move(timedelta(seconds=30))
        return self.code()

    def wrong_code(self) -> str:
        near = {self.code(ahead=ahead) for ahead in range(-3, 4)}
        return next(code for code in map("{:06}".format, range(10)) if code not in near)


def recovery_codes_on(page: Page) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"[2-9a-z]{5}-[2-9a-z]{5}-[2-9a-z]{5}", page.words)


def set_up(visitor: Visitor, clock: Clock, page: Page | None = None) -> Phone:
    """Turn on two-step verification in this browser, and return the phone with its recovery codes."""
    page = page or visitor.get(SET_UP)
    phone = Phone(clock, page)
    codes = visitor.submit(page, "Turn on", code=phone.code(), current=PASSWORD)
    phone.codes = recovery_codes_on(codes)
    assert codes.heading == "Save your recovery codes"
    return phone


def first_step(app: Flask, member: Member, address: str = "127.0.0.1") -> tuple[Visitor, Page]:
    """A browser that has sent the right password, and the page that asks for the code."""
    visitor = Visitor(app, address)
    visitor.submit(
        visitor.get("/login"), "Sign in", leads_to="/login/code", email=member.email, password=PASSWORD
    )
    return visitor, visitor.get("/login/code")


def words_of_the_log(app: Flask) -> list[str]:
    with in_rows(app):
        return list(db.session.scalars(db.select(AuditEntry.words).order_by(AuditEntry.id)))
