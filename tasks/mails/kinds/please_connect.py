"""An admin's request to a colleague to connect an app, so that it can host their interviews."""

from __future__ import annotations

import sqlalchemy as sa

from accounts.mails import PLEASE_CONNECT
from connections.catalogue import label_of, specs
from extensions import db
from messaging.letters import Letter, TeamReader, compose_for_team
from models import Connection, ConnectionState, Mail, User
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of
from text import one_line


def letter(reader: TeamReader, *, asking: str, app: str, link: str) -> Letter:
    """`asking` is who asks, `app` what people call the app, or those of which one
    is enough; `link` leads to Connected Apps."""
    return compose_for_team(PLEASE_CONNECT, reader, {"asking": one_line(asking), "app": app, "link": link})


def _compose(copy: TeamCopy[User]) -> Letter:
    return letter(
        copy.reader,
        asking=copy.said["asking"],
        app=" or ".join(label_of(app) for app in copy.said["app"].split()),
        link=copy.links.connected_apps(),
    )


def _why_useless(mail: Mail, asked: User) -> str | None:
    if not asked.is_active:
        return "This person is no longer on the team."
    hosting = [spec.key for spec in specs() if spec.meetings]
    has_any = sa.exists().where(
        Connection.user_id == asked.id,
        Connection.state == ConnectionState.CONNECTED,
        Connection.app.in_(hosting),
    )
    return "The app has been connected in the meantime." if db.session.scalar(sa.select(has_any)) else None


KIND = TeamKind(
    name=PLEASE_CONNECT,
    label="Request to connect an app",
    find=row_of(User),
    gone="This person is no longer on the team.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
