"""Which servers work on this database: a list, on PostgreSQL alone, which several machines can share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from database import writing
from extensions import db
from models import Server

_EVERY = timedelta(seconds=30)
# One that has said nothing for this long is not running.
_GONE_AFTER = timedelta(minutes=2)
_FORGOTTEN_AFTER = timedelta(days=1)


class SelfDescription(Protocol):
    """What a server reports about itself; see `this_server`."""

    @property
    def sign(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def settings(self) -> Mapping[str, str]: ...


def are_listed() -> bool:
    """Whether there can be other servers on this database that this one cannot see."""
    return db.engine.dialect.name == "postgresql"


def due_at(server: SelfDescription) -> datetime | None:
    """When this server has to report again that it is running (aware UTC); None for right away."""
    seen = db.session.scalar(sa.select(Server.seen_at).where(Server.sign == server.sign))
    return None if seen is None else seen + _EVERY


def announce(server: SelfDescription, now: datetime) -> None:
    """Say that this server is there, in a short transaction of its own.

    A row with the same name is not removed while it may be another machine's: one that was cloned has the
    other's name, and its keys may differ.
    """
    with writing():
        row = db.session.get(Server, server.sign)
        if row is not None:
            row.seen_at = now
        else:
            db.session.execute(
                sa.delete(Server).where(
                    sa.or_(
                        sa.and_(Server.name == server.name, Server.seen_at < now - _GONE_AFTER),
                        Server.seen_at < now - _FORGOTTEN_AFTER,
                    )
                )
            )
            db.session.add(
                Server(
                    sign=server.sign,
                    name=server.name,
                    version=server.version,
                    settings=dict(server.settings),
                    started_at=now,
                    seen_at=now,
                )
            )
        try:
            db.session.commit()
        except IntegrityError:
            # Another process of the same server was first.
            db.session.rollback()


def running(now: datetime) -> list[Server]:
    """The servers that were there a moment ago, by name and start. One that has said nothing since another
    of its name started was that one before a restart."""
    seen = db.session.scalars(
        sa.select(Server)
        .where(Server.seen_at > now - _GONE_AFTER)
        .order_by(Server.name, Server.started_at, Server.sign)
    ).all()
    return [
        server
        for place, server in enumerate(seen)
        if not any(
            later.name == server.name and later.started_at > server.seen_at for later in seen[place + 1 :]
        )
    ]


def besides(here: SelfDescription, now: datetime) -> list[Server]:
    """The running servers other than this one. A process that asks with a sign of its own, as a command does,
    can't tell which of several servers with this name is the one here, and gets all of them."""
    found = running(now) if are_listed() else []
    has_namesakes = sum(server.name == here.name for server in found) > 1
    return [
        server for server in found if server.sign != here.sign and (server.name != here.name or has_namesakes)
    ]
