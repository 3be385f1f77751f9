"""The mail to the owner when the webhook was turned off, because nothing arrives there."""

from __future__ import annotations

from accounts.mails import WEBHOOK_OFF
from accounts.outgoing_webhook import webhook
from messaging.letters import Letter, TeamReader, compose_for_team
from models import Mail, OutgoingWebhook
from tasks.mails.team import TeamCopy, TeamKind, answers_reach_the_owner, row_of


def letter(reader: TeamReader, *, url: str, because: str, link: str) -> Letter:
    """`because`: a sentence; `link` leads to the page with the webhook's log."""
    return compose_for_team(WEBHOOK_OFF, reader, {"url": url, "because": because, "link": link})


def _compose(copy: TeamCopy[OutgoingWebhook]) -> Letter:
    return letter(
        copy.reader,
        url=copy.about.url,
        because=copy.said.get("because", ""),
        link=copy.links.automation(),
    )


def _why_useless(mail: Mail, about: OutgoingWebhook) -> str | None:
    row = webhook()
    return "The webhook is on again." if row is not None and row.is_on else None


KIND = TeamKind(
    name=WEBHOOK_OFF,
    label="Notice about the webhook",
    find=row_of(OutgoingWebhook),
    gone="There is no webhook anymore.",
    why_useless=_why_useless,
    compose=_compose,
    replies_to=answers_reach_the_owner,
)
