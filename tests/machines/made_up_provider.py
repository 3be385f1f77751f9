"""The made-up provider where the real ones would be, and people who have connected it."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

import connections.apps
import providers
from connections import catalogue
from connections.app_spec import AppSpec
from connections.grants import store_grant
from connections.rows import begin_storing
from extensions import db
from models import User
from providers.base import Account, TokenSet
from tests.made_up_provider.simulator import AcmeServer
from timezones import utc_now

ROOT = Path(__file__).resolve().parents[2]
MADE_UP = ROOT / "tests" / "made_up_provider"
SETTINGS = {"ACME_CLIENT_ID": "an-id", "ACME_CLIENT_SECRET": "a-secret"}


@contextmanager
def in_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppSpec]:
    """Put its files where a real provider's would be."""
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(MADE_UP / "providers")])
    apps = [*connections.apps.__path__, str(MADE_UP / "connections" / "apps")]
    monkeypatch.setattr(connections.apps, "__path__", apps)
    yield catalogue.spec_of("acme")
    for name in [name for name in sys.modules if "acme" in name and not name.startswith("tests.")]:
        del sys.modules[name]


def with_templates(app: Flask) -> Flask:
    """Give the app the templates of the made-up provider in addition to its own."""
    assert app.jinja_loader is not None
    app.jinja_env.loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(MADE_UP / "templates")])
    return app


def connect(user_id: int, server: AcmeServer, address: str) -> int:
    """Store a grant for an account with that address, in the current transaction; returns the row's id."""
    refresh_token, access_token = secrets.token_hex(8), secrets.token_hex(8)
    server.refresh_tokens.add(refresh_token)
    server.access_tokens[access_token] = refresh_token
    now = utc_now()
    tokens = TokenSet(access_token, refresh_token, now + timedelta(hours=1), frozenset({"rooms"}))
    begin_storing()
    account = Account(f"account of {address}", address, "", "licensed")
    stored = store_grant(db.session.get_one(User, user_id), "acme", tokens, account, asked_at=now)
    db.session.flush()
    return stored.connection.id


def read(message: bytes) -> EmailMessage:
    """Read a message that was sent through it."""
    parsed = message_from_bytes(message, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed
