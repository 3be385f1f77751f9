"""Whose own mailbox emails in a person's name can be sent from: an app that sends mail, connected by them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from connections import catalogue
from connections.service import connections
from extensions import db
from models import Connection, ConnectionState, User
from text import one_line


@dataclass(frozen=True)
class Mailbox:
    """A mailbox that can be used now. `label` is what people call its app, `owner` the person's name."""

    connection_id: int
    app: str
    label: str
    address: str
    owner: str


@dataclass(frozen=True)
class OutOfAction:
    """A mailbox that its owner wants to be used, and that cannot be. `why`: half a sentence, for everyone who
    sees the interviews of that person."""

    why: str


def mailbox_of(user: User) -> Mailbox | OutOfAction | None:
    """The mailbox that emails in the name of this person are sent from; None if they go out from the server's
    own address, because the person wants that, has left the team, or has connected no such app."""
    return connected_mailbox(user) if user.is_active and user.sends_from_own_mailbox else None


def connected_mailbox(user: User) -> Mailbox | OutOfAction | None:
    """The mailbox of this person, whether or not they want it to be used. Of several, it is the one that was
    connected last, and one that works comes first."""
    rows = _mailboxes(user)
    if not rows:
        return None
    row = next((row for row in rows if _why_not(row, user.name) is None), rows[0])
    why_not = _why_not(row, user.name)
    if why_not is not None:
        return OutOfAction(why_not)
    return Mailbox(row.id, row.app, catalogue.label_of(row.app), row.account_email, one_line(user.name))


def is_any_set_up() -> bool:
    """Whether people can connect a mailbox on this server at all. Asks no database."""
    return any(clients.mail is not None for clients in connections().clients.values())


def has_to_reconnect(app: str, owner: str) -> str:
    """Why emails in the name of `owner` are not sent with an app, as half a sentence that says what helps."""
    return f"{one_line(owner)} has to reconnect {catalogue.label_of(app)}"


_MAILBOXES = (
    sa.select(Connection)
    .where(
        Connection.user_id == sa.bindparam("user_id"),
        Connection.app.in_(sa.bindparam("apps", expanding=True)),
        sa.or_(
            # Nothing can be sent from an account whose address is not known.
            sa.and_(Connection.state == ConnectionState.CONNECTED, Connection.account_email != ""),
            Connection.state == ConnectionState.RECONNECT_NEEDED,
        ),
    )
    .order_by(Connection.connected_at.desc(), Connection.id.desc())
)


def _mailboxes(user: User) -> list[Connection]:
    apps = [spec.key for spec in catalogue.mail_apps()]
    if not apps:
        return []
    return list(db.session.scalars(_MAILBOXES, {"user_id": user.id, "apps": apps}))


def _why_not(row: Connection, owner: str) -> str | None:
    clients = connections().clients.get(row.app)
    if clients is None or clients.mail is None:
        return f"{catalogue.label_of(row.app)} is no longer set up on this server"
    if row.state is not ConnectionState.CONNECTED:
        return has_to_reconnect(row.app, owner)
    return None
