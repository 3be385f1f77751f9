"""The apps that no one can use until the operator changes a setting."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from connections import catalogue
from connections.app_spec import AppSpec
from extensions import db
from models import Connection, ConnectionState, RefusingProvider, User
from work.findings import Cure, Finding


def connections_to_renew() -> list[Connection]:
    """The connections that only their owners can reconnect, those that ended first at the top."""
    ended = (
        sa.select(Connection)
        .join(Connection.user)
        .where(Connection.state == ConnectionState.RECONNECT_NEEDED, User.is_active)
        .options(contains_eager(Connection.user))
        .order_by(Connection.problem_since, Connection.id)
    )
    return list(db.session.scalars(ended))


def unusable_apps(rows: Sequence[Connection], not_set_up: Collection[str]) -> list[Finding]:
    """The apps whose provider does not accept this server, and those that people have connected although they
    are no longer set up. `rows` are the connections to look at; `not_set_up` has the apps' keys."""
    refusing = set(db.session.scalars(sa.select(RefusingProvider.provider)))
    refused_in_renewing = {row.app for row in rows if row.credentials_refused}
    lost = {row.app for row in rows if row.app in not_set_up and row.state is ConnectionState.CONNECTED}
    found = []
    for spec in catalogue.specs():
        if spec.key in lost:
            found.append(_server_has_to_change(spec, "is no longer set up on this server"))
        elif spec.key not in not_set_up and (spec.key in refused_in_renewing or spec.provider in refusing):
            found.append(_server_has_to_change(spec, "doesn't accept this server's credentials"))
    return found


def _server_has_to_change(spec: AppSpec, what: str) -> Finding:
    return Finding(
        "danger",
        f"{spec.label} {what}: no one can connect it, and within the hour no new {spec.label} meetings can "
        f"be made. Existing meetings and their links keep working. The person who runs this server has to "
        f"correct {spec.settings_in_words}. Everyone's account stays connected.",
        Cure("How to set it up", "help_pages.connecting_apps", "registering"),
    )
