"""The message at the end of a round trip: kept with its session, and shown while it is true."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from extensions import db
from models import Connection, User, UserSession
from timezones import utc_now
from web.notices import Level, Notice

_LEVELS: dict[str, Level] = {
    "connected": "success",
    "denied": "warning",
    "approval": "warning",
    "error": "danger",
}
# After this time the message of a round trip belongs to another visit.
_LIFETIME = timedelta(minutes=10)
_LONGEST = 500


def keep_notice(session: UserSession, words: str, *, warns: bool) -> None:
    """Keep it for the page that the browser is sent to.

    `warns`: it succeeded, but there is something to know.
    """
    session.connect_notice, session.connect_notice_at = words[:_LONGEST], utc_now()
    session.connect_notice_warns = warns


def forget_notices(user: User) -> None:
    """An app was disconnected, so the results of earlier round trips no longer describe its state."""
    mine = sa.and_(UserSession.user_id == user.id, UserSession.connect_notice.is_not(None))
    # Emptied instead of removed, so that pages that still show one can tell.
    db.session.execute(sa.update(UserSession).where(mine).values(connect_notice=""))


def notice_of(session: UserSession, result: str | None) -> Notice | None:
    """The message of the round trip that ended a moment ago. Its words come from the session's row: `result`
    in the address says only how it ended, so a link cannot make the page say anything else.
    """
    level = _LEVELS.get(result or "")
    if level is None or not session.connect_notice or not _still_applies(session):
        return None
    return Notice("warning" if session.connect_notice_warns else level, session.connect_notice)


def is_overtaken(session: UserSession) -> bool:
    """Whether a page may be showing a message that is no longer true."""
    return session.connect_notice is not None and not _still_applies(session)


def _still_applies(session: UserSession) -> bool:
    """Whether there is a recent message, and no connection has been made or lost since."""
    then = session.connect_notice_at
    if not session.connect_notice or then is None or utc_now() - then > _LIFETIME:
        return False
    later = sa.or_(Connection.connected_at > then, Connection.problem_since > then)
    changed = db.session.scalar(
        sa.select(Connection.id).where(Connection.user_id == session.user_id, later).limit(1)
    )
    return changed is None
