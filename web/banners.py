"""The lines above every page while something is wrong that somebody has to put right."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from flask_login import current_user

from accounts.permissions import Action, Scope, scope_of
from extensions import db
from models import Mail, MailState
from timezones import utc_now
from web.notices import Banner

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def banners() -> list[Banner]:
    """What this person should know; empty for those who could do nothing about it."""
    if not current_user.is_authenticated or scope_of(current_user.role, Action.ADMINISTER) is not Scope.ALL:
        return []
    if current_app.extensions.get("demo") is not None:
        return []
    return [banner for banner in (_mail_server(), _address()) if banner is not None]


def _mail_server() -> Banner | None:
    if current_app.config["MAIL_SERVER"]:
        return None
    waiting = db.session.scalar(
        sa.select(sa.func.count(Mail.id)).where(Mail.state == MailState.QUEUED, Mail.due_at <= utc_now())
    )
    text = "No mail server is set: invitations and reminders wait until MAIL_SERVER is."
    return Banner("danger" if waiting else "warning", f"{text} Waiting now: {waiting}." if waiting else text)


def _address() -> Banner | None:
    base = urlsplit(current_app.config["BASE_URL"])
    if base.hostname in _LOOPBACK:
        return Banner(
            "info",
            f"BASE_URL is {current_app.config['BASE_URL']}: links in mails lead to this machine only. "
            "Set it to the address that candidates can reach.",
        )
    if base.scheme == "http":
        return Banner(
            "warning", "This server is reached over http: put it behind https before inviting anybody."
        )
    return None
