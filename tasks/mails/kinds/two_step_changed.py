"""The notice of a change to two-step verification, so that people learn of one they did not make."""

from __future__ import annotations

from datetime import datetime

from accounts.mails import TWO_STEP_CHANGED
from accounts.two_step import Change
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Role, User
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of

# For the subject, what happened, and what else that meant.
_WORDS = {
    Change.TURNED_ON: (
        "Two-step verification is on",
        "two-step verification was turned on for your account",
        "You were signed out everywhere else.",
    ),
    Change.APP_REPLACED: (
        "Your authenticator app was replaced",
        "another authenticator app was set up for your account",
        "You were signed out everywhere else, and your old recovery codes no longer work.",
    ),
    Change.TURNED_OFF: (
        "Two-step verification is off",
        "two-step verification was turned off for your account",
        "Signing in takes only your password now.",
    ),
    Change.RESET: (
        "Two-step verification was reset",
        "two-step verification was removed from your account",
        "You were signed out everywhere, and can set it up again.",
    ),
    Change.CODES_RENEWED: (
        "You have new recovery codes",
        "new recovery codes were made for your account",
        "The old ones no longer work.",
    ),
    Change.CODE_USED: (
        "A recovery code was used",
        "someone used a recovery code to sign in to your account",
        "It won't work again.",
    ),
}


def letter(reader: TeamReader, *, change: Change, changed_at: datetime, is_owner: bool, link: str) -> Letter:
    """`changed_at` is aware; `is_owner`: there is no one else to tell; `link` leads to where the reader can
    choose a new password."""
    headline, what, meaning = _WORDS[change]
    return compose_for_team(
        TWO_STEP_CHANGED,
        reader,
        {
            "headline": headline,
            "what": what,
            "meaning": meaning,
            "is_owner": is_owner,
            "when": moment_for(reader, changed_at),
            "link": link,
        },
    )


def _compose(copy: TeamCopy[User]) -> Letter:
    return letter(
        copy.reader,
        change=Change(copy.said["change"]),
        changed_at=copy.mail.created_at,
        is_owner=copy.user.role is Role.OWNER,
        link=copy.links.ask_for_reset(),
    )


KIND = TeamKind(
    name=TWO_STEP_CHANGED,
    label="Notice about two-step verification",
    find=row_of(User),
    gone="This person is no longer on the team.",
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
