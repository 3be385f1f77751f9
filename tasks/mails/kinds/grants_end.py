"""The mail to the owner when a provider keeps ending connections for a reason that only the person who runs
this server can change. The people themselves are asked to reconnect by another mail.
"""

from __future__ import annotations

from accounts.mails import GRANTS_END
from connections.app_spec import AppSpec
from connections.catalogue import find
from messaging.letters import Letter, TeamReader, compose_for_team
from models import Mail
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, named_by, never_useless
from text import one_line


def letter(reader: TeamReader, *, app: AppSpec, whose: str, why: str, link: str) -> Letter:
    """`whose`: the name of the person whose connection has ended just now; `why`: sentences that name the
    reason and say what helps."""
    return compose_for_team(
        GRANTS_END,
        reader,
        {
            "app": app.label,
            "provider": app.provider_label,
            "whose": one_line(whose),
            "why": why,
            "link": link,
        },
    )


def _compose(copy: TeamCopy[AppSpec]) -> Letter:
    return letter(
        copy.reader,
        app=copy.about,
        whose=copy.said["whose"],
        why=copy.said["why"],
        link=copy.links.connected_apps(),
    )


def _find(mail: Mail) -> AppSpec | None:
    return find(named_by(mail))


KIND = TeamKind(
    name=GRANTS_END,
    label="Notice of connections that keep ending",
    find=_find,
    gone="This app is no longer part of the product.",
    why_useless=never_useless,
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
