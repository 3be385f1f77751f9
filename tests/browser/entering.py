"""Signing a browser in without going through the sign-in page."""

from __future__ import annotations

from flask import Flask
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import StorageState, StorageStateCookie

from tests.factories import Member
from tests.pages.visitor import Visitor


def signed_in_as(app: Flask, member: Member | Visitor) -> StorageState:
    """What that person's browser context begins with, for any server of that app on this machine."""
    visitor = member if isinstance(member, Visitor) else Visitor(app).enter(member)
    cookie = StorageStateCookie(
        name=app.config["SESSION_COOKIE_NAME"],
        value=visitor.session_cookie(),
        domain="127.0.0.1",
        path="/",
        expires=-1,
        httpOnly=True,
        secure=False,
        sameSite="Lax",
    )
    return StorageState(cookies=[cookie])


def cookies_of(app: Flask, visitor: Visitor, base_url: str) -> list[SetCookieParam]:
    """The same for a context that already exists."""
    name: str = app.config["SESSION_COOKIE_NAME"]
    return [SetCookieParam(name=name, value=visitor.session_cookie(), url=base_url)]
