"""The permissions of people's connected accounts, compared with what each app needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from connections import catalogue
from connections.app_spec import AppClients, AppSpec
from doctor.results import Result, look, ok
from extensions import db
from models import Connection, ConnectionState, User
from services import services
from wording import counted, listed

# An upgrade may need more from everyone; the first few names say enough.
_MOST_NAMES = 5


class _Grant(NamedTuple):
    app: str
    name: str
    is_usable: bool
    scopes: str


_GRANTS = (
    sa.select(Connection.app, User.name, Connection.state == ConnectionState.CONNECTED, Connection.scopes)
    .join(User, User.id == Connection.user_id)
    .where(Connection.state != ConnectionState.ENDED, User.is_active)
    .order_by(User.name, User.id)
)


def check() -> list[Result]:
    """One result for each app that anyone has connected. Reads the database, in a transaction that ends."""
    rows = [_Grant._make(row) for row in db.session.execute(_GRANTS)]
    db.session.rollback()
    clients, found = services().connections.clients, []
    for spec in catalogue.available():
        of_app = [row for row in rows if row.app == spec.key]
        if of_app and spec.key in clients:
            found.append(_compared(spec, clients[spec.key], of_app))
    return found


def _compared(spec: AppSpec, clients: AppClients, rows: Sequence[_Grant]) -> Result:
    name = f"{spec.label}: accounts"
    missing = {row.name: clients.oauth.missing_scopes(frozenset(row.scopes.split())) for row in rows}
    lacking = [name for name, scopes in missing.items() if scopes]
    if lacking:
        return look(
            name,
            f"{_named(lacking)} {'has' if len(lacking) == 1 else 'have'} not allowed all that is needed.",
            _WHY,
            f"Allow these in the app that is registered at {spec.provider_label}, and have them reconnect: "
            f"{_WHERE}.",
            " ".join(sorted({scope for scopes in missing.values() for scope in scopes})),
        )
    away = [row.name for row in rows if not row.is_usable]
    if away:
        what = f"{_named(away)} {'has' if len(away) == 1 else 'have'} to reconnect their account."
        return look(name, what, _WHY, f"Ask them to reconnect it: {_WHERE}.")
    return ok(name, f"{counted(len(rows), 'account')} connected, with all the permissions that are needed.")


def _named(names: Sequence[str]) -> str:
    """The first of them, and how many others there are."""
    others = len(names) - _MOST_NAMES
    return listed([*names[:_MOST_NAMES], *([counted(others, "other")] if others > 0 else [])])


_WHERE = "Settings → Connected Apps"
_WHY = "Until then, what the account does for interviews isn't done."
