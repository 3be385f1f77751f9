"""Signing in and out. A session is a row; the cookie only points to it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from accounts.first_run import FACTS, OrganizationFacts
from database import read_only, writing
from extensions import db
from models import Organization, User, UserSession
from security import hash_token, new_token, password_matches
from timezones import utc_now

log = logging.getLogger("accounts")

# A session ends after a working day without a click, and after two weeks in any case.
IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(days=14)
# How old `last_seen_at` may get before it is worth a separate write.
_SEEN_EVERY = timedelta(minutes=5)


def check_password(email: str, password: str) -> tuple[int, str] | None:
    """Id and hash of the active user with this address and password, or None; both take the same time.

    Ends its own transaction before the slow hash, so that no one waits for it; the caller compares the hash
    again when it acts on the result.
    """
    with read_only():
        user = db.session.scalar(
            sa.select(User).where(User.email == email.strip().lower(), User.is_active.is_(True))
        )
        found = (user.id, user.password_hash) if user is not None else (0, None)
        db.session.rollback()
    user_id, stored = found
    return (user_id, stored) if password_matches(stored, password) and stored is not None else None


def begin_session(user_id: int, user_agent: str) -> str:
    """Add a session to the current transaction and return the token for its cookie."""
    token = new_token()
    db.session.add(UserSession(token_hash=hash_token(token), user_id=user_id, user_agent=user_agent[:200]))
    return token


class Living(NamedTuple):
    """A session that `select_living` found, with its user and organization as columns. Every request reads
    them, and three entities take more than twice as long."""

    session_id: int
    token_hash: str
    last_seen_at: datetime
    begun_at: datetime
    # By the names of the columns.
    user: Mapping[str, Any]
    organization: OrganizationFacts | None
    # The values of the columns that were asked for beside these.
    beside: tuple[Any, ...]


_OF_SESSION = (UserSession.id, UserSession.token_hash, UserSession.last_seen_at, UserSession.created_at)
_OF_USER = tuple(User.__table__.columns)
_USER_COLUMNS = tuple(column.key for column in _OF_USER)


def select_living(*beside: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The statement that finds who is signed in: session, user, organization, then the columns `beside`.

    It takes the parameters of `living`, and finds a session that was not ended, is not too old, and belongs
    to an active user. `read` makes a `Living` of its rows. Callers keep it: every request runs it, and
    building it takes longer than running it.
    """
    return (
        sa.select(*_OF_SESSION, *_OF_USER, *FACTS, *beside)
        .join(User, User.id == UserSession.user_id)
        .outerjoin(Organization, Organization.id == 1)
        .where(
            UserSession.token_hash == sa.bindparam("token_hash"),
            UserSession.ended_at.is_(None),
            UserSession.last_seen_at > sa.bindparam("seen_after", type_=UserSession.last_seen_at.type),
            UserSession.created_at > sa.bindparam("begun_after", type_=UserSession.created_at.type),
            User.is_active.is_(True),
        )
    )


def read(row: Sequence[Any]) -> Living:
    """The value of a row of `select_living`."""
    user, facts = len(_OF_SESSION), len(_OF_SESSION) + len(_OF_USER)
    rest = facts + len(FACTS)
    here = OrganizationFacts._make(row[facts:rest])
    session_id, token_hash, last_seen_at, begun_at = row[:user]
    return Living(
        session_id,
        token_hash,
        last_seen_at,
        begun_at,
        user=dict(zip(_USER_COLUMNS, row[user:facts], strict=True)),
        organization=here if here.name is not None else None,
        beside=tuple(row[rest:]),
    )


def as_entity(columns: Mapping[str, Any]) -> User:
    """The user whose columns were just read, in the current session and without another statement."""
    known = db.session.identity_map.get(identity_key(User, columns["id"]))
    if known is not None:
        assert isinstance(known, User)
        return known
    user = User(**columns)
    make_transient_to_detached(user)
    db.session.add(user)
    return user


def living(token: str) -> dict[str, Any]:
    """The parameters with which `select_living` finds this token's session now."""
    now = utc_now()
    return {
        "token_hash": hash_token(token),
        "seen_after": now - IDLE_LIMIT,
        "begun_after": now - ABSOLUTE_LIMIT,
    }


def end_session(session_id: int) -> None:
    """End a session in the current transaction; once it is committed, the cookie is worthless."""
    db.session.execute(
        sa.update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(ended_at=utc_now())
    )


def end_all_sessions(user: User, *, but: int | None = None) -> int:
    """End every session of a person in the current transaction, `but` for one, and return how many."""
    ended = db.session.execute(
        sa.update(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
            UserSession.id != but if but is not None else sa.true(),
        )
        .values(ended_at=utc_now())
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # the stubs give execute() a narrower result


def living_sessions(user: User) -> list[UserSession]:
    """Where a person is signed in, the most recently used session first."""
    now = utc_now()
    return list(
        db.session.scalars(
            sa.select(UserSession)
            .where(
                UserSession.user_id == user.id,
                UserSession.ended_at.is_(None),
                UserSession.last_seen_at > now - IDLE_LIMIT,
                UserSession.created_at > now - ABSOLUTE_LIMIT,
            )
            .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
        )
    )


def is_worth_noting(last_seen_at: datetime) -> bool:
    """Whether a person was last seen so long ago that this visit should be recorded."""
    return utc_now() - last_seen_at >= _SEEN_EVERY


def note_seen(session_id: int) -> None:
    """Record that a person was here, in a short transaction of its own."""
    now = utc_now()
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(
                sa.update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)
            )
    except OperationalError as error:
        # The page is already rendered; a locked database must not turn it into an error now.
        log.warning("could not note that someone was here: %s", error.orig)
