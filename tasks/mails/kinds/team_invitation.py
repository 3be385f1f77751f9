"""The mail with which someone joins the team, with a link that works once."""

from __future__ import annotations

from datetime import datetime

from accounts.links import invitation_state
from accounts.mails import TEAM_INVITATION, invitation_occasion
from messaging.facts import Person
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Invitation, Mail
from tasks.mails.team import TeamCopy, TeamKind, row_of
from text import one_line
from wording import with_article


def letter(reader: TeamReader, *, invited_by: str, role: str, link: str, expires_at: datetime) -> Letter:
    """`link` works once, until `expires_at` (aware)."""
    return compose_for_team(
        TEAM_INVITATION,
        reader,
        {
            "invited_by": one_line(invited_by),
            "a_role": with_article(role),
            "link": link,
            "until": moment_for(reader, expires_at),
        },
    )


def _compose(copy: TeamCopy[Invitation]) -> Letter:
    invitation = copy.about
    return letter(
        copy.reader,
        invited_by=invitation.invited_by.name,
        role=copy.user.role.label,
        link=copy.links.invitation(invitation),
        expires_at=invitation.expires_at,
    )


def _why_useless(mail: Mail, invitation: Invitation) -> str | None:
    if mail.occasion != invitation_occasion(invitation):
        return "A newer invitation takes its place."
    state = invitation_state(invitation)
    return None if state == "open" else f"The invitation is {state}."


def _replies_to(mail: Mail, invitation: Invitation) -> Person:
    return Person(invitation.invited_by.name, invitation.invited_by.email)


KIND = TeamKind(
    name=TEAM_INVITATION,
    label="Invitation to the team",
    find=row_of(Invitation),
    gone="The invitation no longer exists.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=_replies_to,
)
