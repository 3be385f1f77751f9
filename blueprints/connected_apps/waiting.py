"""What a card shows while its app waits for an administrator who has to allow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wtforms import EmailField
from wtforms.validators import DataRequired

from accounts import mails
from accounts.team import owner
from connections import approvals
from connections.app_spec import AppSpec
from models import AdminApproval, ApprovalState, Mail, MailState, User
from services import services
from web.addresses import EmailAddress
from web.forms import Form
from wording import listed


class AdministratorForm(Form):
    """Whom to ask. The prefix of each app's form keeps several on one page apart."""

    class Meta(Form.Meta):
        # Checked with every request, under its usual name.
        csrf = False

    email = EmailField(
        "Administrator's email",
        validators=[
            DataRequired("Enter their email address."),
            EmailAddress("Enter an email address like it@company.example."),
        ],
    )


@dataclass(frozen=True)
class Emailed:
    """The newest email to an administrator. `at` is when it was sent, None while it is on its way; `problem`:
    what the mail server said, if it did not take it."""

    to: str
    at: datetime | None
    problem: str | None


@dataclass(frozen=True)
class Waiting:
    """What a card shows while its app waits for an administrator. `link`: what to give them. `maybe_allowed`:
    why it may be allowed by now, in words."""

    state: ApprovalState
    since: datetime
    answered_at: datetime | None
    link: str
    emailed: Emailed | None
    form: AdministratorForm
    maybe_allowed: str | None


@dataclass(frozen=True)
class Others:
    """Colleagues who wait for the same app, for those who look after the team; `link` as above."""

    names: str
    count: int
    link: str


Forms = dict[str, AdministratorForm]


def waiting_on(user: User, spec: AppSpec, row: AdminApproval | None, forms: Forms) -> Waiting | None:
    """What the card of an app says about an approval; `forms` are those that were sent and have to be shown
    again, by app."""
    link = approvals.link_for(row, services().account_links.signer) if row is not None else None
    if row is None or link is None:
        return None
    since, emailed = approvals.connected_since(row), _emailed(mails.latest_to_administrator(row))
    return Waiting(
        state=row.state,
        since=row.since,
        answered_at=row.answered_at,
        link=link,
        emailed=emailed,
        form=forms.get(spec.key) or _form(user, spec, emailed),
        maybe_allowed=_maybe_allowed(spec, since) if since and row.state is not ApprovalState.GIVEN else None,
    )


def others_waiting(user: User, spec: AppSpec, everyone: list[AdminApproval]) -> Others | None:
    """The colleagues among `everyone` who wait for this app."""
    rows = [row for row in everyone if row.app == spec.key and row.user_id != user.id]
    link = approvals.link_for(rows[0], services().account_links.signer) if rows else None
    if link is None:
        return None
    return Others(listed([row.user.name for row in rows]), len(rows), link)


def _emailed(mail: Mail | None) -> Emailed | None:
    if mail is None:
        return None
    problem = (mail.words or "It could not be sent.") if mail.state is MailState.FAILED else None
    return Emailed(mail.address, mail.sent_at, problem)


def _maybe_allowed(spec: AppSpec, names: list[str]) -> str:
    have = "has" if len(names) == 1 else "have"
    return f"{listed(names)} {have} connected {spec.label} in the meantime, so it may be allowed by now."


def _form(user: User, spec: AppSpec, emailed: Emailed | None) -> AdministratorForm:
    """Filled in with whom they asked last. Before that, the owner is a good guess only if they are in the
    same organization, as their addresses tell."""
    form = AdministratorForm(formdata=None, prefix=f"{spec.key}-")
    likely = owner()
    if emailed is not None:
        form.email.data = emailed.to
    elif likely.id != user.id and likely.email.rpartition("@")[2] == user.email.rpartition("@")[2]:
        form.email.data = likely.email
    return form
