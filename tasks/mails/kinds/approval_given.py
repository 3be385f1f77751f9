"""The mail to someone who waited for an administrator to allow an app: now they can connect it."""

from __future__ import annotations

from accounts.mails import APPROVAL_GIVEN
from connections.app_spec import AppSpec
from connections.catalogue import spec_of
from messaging.letters import Letter, TeamReader, compose_for_team
from models import AdminApproval, ApprovalState, Mail
from tasks.mails.team import TeamCopy, TeamKind, answers_are_not_directed, row_of


def letter(reader: TeamReader, *, app: AppSpec, link: str) -> Letter:
    """`link` leads to Connected Apps."""
    names = {"app": app.label, "provider": app.provider_label}
    return compose_for_team(APPROVAL_GIVEN, reader, {**names, "link": link})


def _compose(copy: TeamCopy[AdminApproval]) -> Letter:
    link = f"{copy.links.connected_apps()}#app-{copy.about.app}"
    return letter(copy.reader, app=spec_of(copy.about.app), link=link)


def _why_useless(mail: Mail, approval: AdminApproval) -> str | None:
    if not approval.user.is_active:
        return "This person is no longer on the team."
    if approval.state is not ApprovalState.GIVEN:
        return "It is no longer waited for."
    return None


KIND = TeamKind(
    name=APPROVAL_GIVEN,
    label="Notice of an administrator's approval",
    find=row_of(AdminApproval),
    gone="It is no longer waited for.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_are_not_directed,
)
