"""The mail to someone who forgot their password, with a link that works once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.links import reset_state
from accounts.mails import PASSWORD_RESET
from accounts.single_sign_on import identities_of, names_of
from messaging.letters import Letter, TeamReader, compose_for_team, moment_for
from models import Mail, PasswordReset
from tasks.mails.team import TeamCopy, TeamKind, answers_are_not_directed, row_of

_NOT_ON_THE_TEAM = "This person is no longer on the team."


def letter(reader: TeamReader, *, link: str, expires_at: datetime, linked: Sequence[str] = ()) -> Letter:
    """`link` works once, until `expires_at` (aware), and unlinks the accounts with these addresses."""
    facts = {"link": link, "until": moment_for(reader, expires_at), "linked": ", ".join(linked)}
    return compose_for_team(PASSWORD_RESET, reader, facts)


def _compose(copy: TeamCopy[PasswordReset]) -> Letter:
    reset = copy.about
    return letter(
        copy.reader,
        link=copy.links.reset(reset),
        expires_at=reset.expires_at,
        linked=names_of(identities_of(reset.user)),
    )


def _why_useless(mail: Mail, reset: PasswordReset) -> str | None:
    if not reset.user.is_active:
        return _NOT_ON_THE_TEAM
    return None if reset_state(reset) == "open" else "The link can no longer be used."


KIND = TeamKind(
    name=PASSWORD_RESET,
    label="Link for a new password",
    find=row_of(PasswordReset),
    gone=_NOT_ON_THE_TEAM,
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_are_not_directed,
)
