"""Which mail goes to whom of the team, and what became of it. What they say is `messaging`'s business."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from accounts.first_run import organization
from accounts.links import invitation_state, reset_state
from accounts.permissions import Action, may_anywhere
from accounts.team import owner
from connections.catalogue import apps_of
from extensions import db
from models import (
    Connection,
    ConnectionState,
    Invitation,
    Lane,
    Mail,
    MailKind,
    MailState,
    PasswordReset,
    ReaderRole,
    User,
)
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

SEND_TEAM_MAIL = TaskKind("send_team_mail", Lane.MAIL, "Sending a mail to the team", subject="user")

# Telling the owner the same twice on one day is one mail: they have read it, or have a reason.
ONE_REQUEST_PER = timedelta(days=1)

# What stands in `about_id` of a mail about a provider as such. The numbers are stored, so they must stay.
PROVIDER_NUMBERS = {"zoom": 1, "google": 2, "microsoft": 3}


def queue_invitation(invitation: Invitation, mail_domain: str) -> Mail:
    """The mail with the current link. One with an older link that has not left is dropped at its turn."""
    return _queue(
        MailKind.TEAM_INVITATION, invitation.user, invitation.id, mail_domain, revision=invitation.generation
    )


def queue_password_reset(reset: PasswordReset, mail_domain: str) -> Mail:
    return _queue(MailKind.PASSWORD_RESET, reset.user, reset.id, mail_domain)


def queue_password_changed(user: User, mail_domain: str) -> Mail:
    """The notice by which somebody learns of a change that was not theirs."""
    return _queue(MailKind.PASSWORD_CHANGED, user, user.id, mail_domain)


def queue_request_to_connect(asking: User, owner: User, mail_domain: str) -> Mail | None:
    """Tell the owner that somebody would like to connect an app; None when they were told within a day."""
    # Of two clicks at once, the second one waits here and finds the first one's mail.
    db.session.get(User, asking.id, with_for_update=True)
    if _was_queued_within_a_day(MailKind.ASK_TO_CONNECT, asking.id):
        return None
    return _queue(MailKind.ASK_TO_CONNECT, owner, asking.id, mail_domain)


def queue_app_connected(
    connection: Connection, account: str, connected_at: datetime, mail_domain: str
) -> Mail:
    """The notice by which somebody learns of an account that they did not connect themselves. It names that
    one even if another has taken its place by the time the mail leaves."""
    said = {"account": account, "connected_at": connected_at.isoformat()}
    return _queue(MailKind.APP_CONNECTED, connection.user, connection.id, mail_domain, said=said)


def queue_reconnect_needed(connection: Connection, number: int, mail_domain: str) -> Mail:
    """One of the nudges about a connection that has ended: to its user, who alone can reconnect it, or to the
    owner when its user may not."""
    user, here = connection.user, organization()
    is_open = here is not None and here.connecting_is_open
    may_connect = user.is_active and may_anywhere(user.role, Action.CONNECT_APPS, connecting_is_open=is_open)
    reader = user if may_connect else owner()
    return _queue(MailKind.RECONNECT_NEEDED, reader, connection.id, mail_domain, revision=number)


def queue_credentials_refused(provider: str, mail_domain: str) -> Mail | None:
    """Tell the owner that a provider does not accept this server; None when they were told within a day."""
    reader, number = owner(), PROVIDER_NUMBERS[provider]
    # Of two reports at once, the second one waits here and finds the first one's mail.
    db.session.get(User, reader.id, with_for_update=True)
    if _was_queued_within_a_day(MailKind.CREDENTIALS_REFUSED, number):
        return None
    return _queue(MailKind.CREDENTIALS_REFUSED, reader, number, mail_domain)


def _was_queued_within_a_day(kind: MailKind, about_id: int) -> bool:
    return (
        db.session.scalar(
            sa.select(Mail.id)
            .where(
                Mail.kind == kind, Mail.about_id == about_id, Mail.created_at > utc_now() - ONE_REQUEST_PER
            )
            .limit(1)
        )
        is not None
    )


def _queue(
    kind: MailKind,
    reader: User,
    about_id: int,
    mail_domain: str,
    *,
    revision: int = 0,
    said: Mapping[str, str] | None = None,
) -> Mail:
    """`said`: what the mail tells of the moment when it is queued; all else is true when it leaves."""
    now = utc_now()
    mail = Mail(
        about_id=about_id,
        kind=kind,
        revision=revision,
        role=ReaderRole.TEAM,
        user_id=reader.id,
        name=reader.name,
        address=reader.email,
        message_id=f"<{secrets.token_hex(16)}@{mail_domain}>",
        due_at=now,
        state=MailState.QUEUED,
    )
    db.session.add(mail)
    db.session.flush()
    outbox.enqueue(
        SEND_TEAM_MAIL,
        reader.id,
        payload={"mail_id": mail.id, **(said or {})},
        run_at=now,
        dedupe_key=f"mail:{mail.id}",
    )
    return mail


def why_useless(mail: Mail) -> str | None:
    """The reason for not sending a mail any more, or None while it is still of use."""
    match mail.kind:
        case MailKind.TEAM_INVITATION:
            return _why_invitation_is_useless(mail)
        case MailKind.PASSWORD_RESET:
            reset = db.session.get(PasswordReset, mail.about_id)
            if reset is None or not reset.user.is_active:
                return "This person is not on the team any more."
            return None if reset_state(reset) == "open" else "The link can no longer be used."
        case MailKind.ASK_TO_CONNECT:
            asking, here = db.session.get(User, mail.about_id), organization()
            if asking is None or not asking.is_active:
                return "Whoever asked is not on the team any more."
            if here is not None and here.connecting_is_open:
                return "Connecting has been opened meanwhile."
        case MailKind.APP_CONNECTED:
            return _why_notice_is_useless(db.session.get(Connection, mail.about_id))
        case MailKind.RECONNECT_NEEDED:
            return _why_nudge_is_useless(mail, db.session.get(Connection, mail.about_id))
        case MailKind.CREDENTIALS_REFUSED:
            return _why_report_is_useless(mail)
    return None


def _why_notice_is_useless(connection: Connection | None) -> str | None:
    if connection is None or connection.state != ConnectionState.CONNECTED:
        return "The account is not connected any more."
    return None


def _why_nudge_is_useless(mail: Mail, connection: Connection | None) -> str | None:
    if connection is None or connection.state != ConnectionState.RECONNECT_NEEDED:
        return "It was reconnected or disconnected meanwhile."
    if connection.problem_since is None or connection.problem_since > mail.created_at:
        return "It was reconnected meanwhile and ended again; that is told in a mail of its own."
    return None


def _why_report_is_useless(mail: Mail) -> str | None:
    names = [name for name, number in PROVIDER_NUMBERS.items() if number == mail.about_id]
    apps = [spec.key for name in names for spec in apps_of(name)]
    accepted = db.session.scalar(
        sa.select(Connection.id)
        .where(Connection.app.in_(apps), Connection.connected_at > mail.created_at)
        .limit(1)
    )
    return None if accepted is None else "Somebody has connected since: the credentials are accepted again."


def _why_invitation_is_useless(mail: Mail) -> str | None:
    invitation = db.session.get(Invitation, mail.about_id)
    if invitation is None:
        return "The invitation does not exist any more."
    if invitation.generation != mail.revision:
        return "A newer invitation takes its place."
    state = invitation_state(invitation)
    return None if state == "open" else f"The invitation is {state}."


def record_sent(mail_id: int, *, words: str) -> None:
    """A server took the mail."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.sent_at, mail.words = MailState.SENT, utc_now(), words[:500]


def record_ended(mail_id: int, state: MailState, *, words: str) -> None:
    """The mail was refused or is of no use any more; it stays shown as that, with the reason."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.words = state, words[:500]


def latest_invitation_mail(invitation: Invitation) -> Mail | None:
    """What became of the newest mail of an invitation."""
    return db.session.scalar(
        sa.select(Mail)
        .where(Mail.kind == MailKind.TEAM_INVITATION, Mail.about_id == invitation.id)
        .order_by(Mail.id.desc())
        .limit(1)
    )
