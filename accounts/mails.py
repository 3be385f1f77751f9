"""Who on the team gets which email, and when. What the emails say is up to their kinds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from accounts.first_run import organization
from accounts.permissions import Action, may_anywhere
from accounts.team import owner
from extensions import db
from models import AdminApproval, Connection, Invitation, Mail, MailState, PasswordReset, ReaderRole, User
from timezones import utc_now
from work import mail
from work.mail import NewMail, Recipient

TEAM_INVITATION = "team_invitation"
PASSWORD_RESET = "password_reset"
PASSWORD_CHANGED = "password_changed"
TWO_STEP_CHANGED = "two_step_changed"
IDENTITY_LINKED = "identity_linked"
ASK_TO_CONNECT = "ask_to_connect"
PLEASE_CONNECT = "please_connect"
APP_CONNECTED = "app_connected"
RECONNECT_NEEDED = "reconnect_needed"
CREDENTIALS_REFUSED = "credentials_refused"
GRANTS_END = "grants_end"
BACKUP_FAILED = "backup_failed"
ASK_ADMINISTRATOR = "ask_administrator"
APPROVAL_GIVEN = "approval_given"
TEST_EMAIL = "test_email"
WEBHOOK_OFF = "webhook_off"

# People get the same message at most once a day: either they have read it, or they have a reason not to.
ONE_REQUEST_PER = timedelta(days=1)
# The number of unconfirmed addresses to which a person may send the same request within that time.
_MOST_ADMINISTRATORS = 3

_NUDGE = "nudge"

AskedAdministrator = Literal["queued", "already_asked", "too_many"]


def queue_invitation(invitation: Invitation, mail_domain: str) -> None:
    """The email with the current link. An unsent one with an older link is dropped when its turn comes."""
    _queue(
        TEAM_INVITATION,
        _about_invitation(invitation),
        invitation_occasion(invitation),
        invitation.user,
        mail_domain,
    )


def invitation_occasion(invitation: Invitation) -> str:
    """The occasion of the email with the current link of an invitation."""
    return f"g{invitation.generation}"


def queue_password_reset(reset: PasswordReset, mail_domain: str) -> None:
    """The email with the link of one reset, which is sent once."""
    _queue(PASSWORD_RESET, f"password_reset:{reset.id}", "asked", reset.user, mail_domain)


def queue_password_changed(user: User, mail_domain: str) -> None:
    """The notice that tells people about a password change, in case it was not theirs. The caller has changed
    the user's row in this transaction, and so holds its lock."""
    about = _about_user(user)
    _queue(PASSWORD_CHANGED, about, mail.next_occasion(about, PASSWORD_CHANGED), user, mail_domain)


def queue_two_step_changed(user: User, change: str, mail_domain: str) -> None:
    """The notice that tells people what happened to their two-step verification, in case it was not them.
    `change` is a value of `accounts.two_step.Change`. The caller holds the lock of the user's row."""
    about = f"user:{user.id}"
    occasion = mail.next_occasion(about, TWO_STEP_CHANGED)
    _queue(TWO_STEP_CHANGED, about, occasion, user, mail_domain, said={"change": change})


def queue_identity_linked(user: User, label: str, account: str, mail_domain: str) -> None:
    """The notice that an account elsewhere, named by its address there, can now sign in as this person, in
    case it isn't theirs. `label` is what people call the issuer. The caller holds the lock of the user's
    row."""
    about = _about_user(user)
    occasion = mail.next_occasion(about, IDENTITY_LINKED)
    said = {"label": label, "account": account}
    _queue(IDENTITY_LINKED, about, occasion, user, mail_domain, said=said)


def queue_request_to_connect(asking: User, owner: User, mail_domain: str) -> bool:
    """Tell the owner that someone would like to connect an app; False when they were told within a day."""
    # The second of two simultaneous clicks waits here and finds the first one's mail.
    db.session.get(User, asking.id, with_for_update=True)
    return _queue_once_a_day(ASK_TO_CONNECT, _about_user(asking), owner, mail_domain)


def queue_please_connect(asked: User, asking: User, apps: Sequence[str], mail_domain: str) -> bool:
    """Ask someone to connect their own account of one of these apps, by their keys, so that it can host their
    interviews; False when anyone has asked them within a day."""
    # The second of two simultaneous clicks waits here and finds the first one's mail.
    db.session.get(User, asked.id, with_for_update=True)
    said = {"asking": asking.name, "app": " ".join(apps)}
    return _queue_once_a_day(PLEASE_CONNECT, _about_user(asked), asked, mail_domain, said=said)


def queue_app_connected(
    connection: Connection, account: str, connected_at: datetime, mail_domain: str
) -> None:
    """The notice that tells people about an account connected in their name, in case they did not do it
    themselves. It names that account even if another has replaced it by the time the email is sent. The
    caller holds the row's lock."""
    about = _about_connection(connection)
    said = {"account": account, "connected_at": connected_at.isoformat()}
    occasion = mail.next_occasion(about, APP_CONNECTED)
    _queue(APP_CONNECTED, about, occasion, connection.user, mail_domain, said=said)


def queue_reconnect_needed(connection: Connection, number: int, mail_domain: str) -> None:
    """One of the nudges about a connection that has ended: to its user, the only one who can reconnect it, or
    to the owner if the user may not. Each number is sent at most once for each time that it ended."""
    user, here = connection.user, organization()
    is_open = here is not None and here.connecting_is_open
    may_connect = user.is_active and may_anywhere(user.role, Action.CONNECT_APPS, connecting_is_open=is_open)
    reader = user if may_connect else owner()
    assert connection.problem_since is not None, "a connection that has ended has done so at some time"
    occasion = f"{connection.problem_since.isoformat()}-{_NUDGE}{number}"
    _queue(RECONNECT_NEEDED, _about_connection(connection), occasion, reader, mail_domain)


def nudge_number(mail: Mail) -> int:
    """The number of the nudge that an email is; 0 is the immediate one."""
    return int(mail.occasion.rpartition(f"-{_NUDGE}")[2])


def queue_credentials_refused(provider: str, because: str, mail_domain: str) -> bool:
    """Tell the owner that a provider does not accept this server, `because` of a fault of its apps, as far as
    that is known; False when they were told within a day."""
    reader = owner()
    # The second of two simultaneous reports waits here and finds the first one's mail.
    db.session.get(User, reader.id, with_for_update=True)
    said = {"because": because} if because else None
    return _queue_once_a_day(CREDENTIALS_REFUSED, f"provider:{provider}", reader, mail_domain, said=said)


def queue_webhook_off(because: str, mail_domain: str) -> bool:
    """Tell the owner that the webhook was turned off, and why, as a sentence; False when they were told
    within a day. The caller holds the webhook's row."""
    return _queue_once_a_day(WEBHOOK_OFF, "webhook:1", owner(), mail_domain, said={"because": because})


def queue_grants_end(app: str, whose: str, why: str, mail_domain: str) -> bool:
    """Tell the owner that an app's provider has ended someone's connection for a reason that only the person
    who runs this server can change; False when they were told within a day. `app` is its key."""
    reader = owner()
    # The second of two simultaneous reports waits here and finds the first one's mail.
    db.session.get(User, reader.id, with_for_update=True)
    said = {"whose": whose, "why": why}
    return _queue_once_a_day(GRANTS_END, f"app:{app}", reader, mail_domain, said=said)


def queue_backup_failed(night: str, why: str, last: datetime | None, mail_domain: str) -> None:
    """Tell the owner, once a night, that its backup could not be made; `last` (aware UTC) is the moment of
    the last one that was, None where there is none."""
    about = "backup:nightly"
    asked = sa.select(Mail.id).where(Mail.about == about, Mail.kind == BACKUP_FAILED, Mail.occasion == night)
    if db.session.scalar(asked) is not None:
        return
    said = {"why": why[:300], **({"last": last.isoformat()} if last is not None else {})}
    _queue(BACKUP_FAILED, about, night, owner(), mail_domain, said=said)


def queue_ask_administrator(approval: AdminApproval, address: str, mail_domain: str) -> AskedAdministrator:
    """Ask an administrator, who may be anyone anywhere, to allow an app. The same address gets it once a day,
    unless the one before didn't arrive. The caller holds the row's lock, so that the second of two
    simultaneous clicks finds the first one's mail."""
    about = _about_approval(approval)
    today = db.session.scalars(
        sa.select(Mail)
        .where(Mail.about == about, Mail.kind == ASK_ADMINISTRATOR)
        .where(Mail.created_at > utc_now() - ONE_REQUEST_PER)
    ).all()
    arrived = [each for each in today if each.state is not MailState.FAILED]
    # Links from an earlier time of waiting no longer count.
    if any(each.address == address and each.created_at >= approval.since for each in arrived):
        return "already_asked"
    if len(today) >= _MOST_ADMINISTRATORS:
        return "too_many"
    known = db.session.scalar(sa.select(User).where(User.email == address, User.is_active.is_(True)))
    recipient = Recipient(ReaderRole.TEAM, known.id if known else None, known.name if known else "", address)
    occasion = mail.next_occasion(about, ASK_ADMINISTRATOR)
    asking = NewMail(ASK_ADMINISTRATOR, about, occasion, recipient, utc_now())
    mail.queue([asking], domain=mail_domain)
    return "queued"


def latest_to_administrator(approval: AdminApproval) -> Mail | None:
    """The newest email to an administrator since this person started waiting."""
    found = mail.latest(_about_approval(approval), ASK_ADMINISTRATOR)
    return found if found is not None and found.created_at >= approval.since else None


def queue_approval_given(approval: AdminApproval, mail_domain: str) -> bool:
    """Tell the person who waits that an administrator allowed the app; False when they were told within a
    day."""
    about = _about_approval(approval)
    return _queue_once_a_day(APPROVAL_GIVEN, about, approval.user, mail_domain)


def queue_test_email(user: User, mail_domain: str) -> None:
    """An email to the person who wants to know whether emails leave this server. One that still waits is
    tried now, and no other is added."""
    # The second of two simultaneous clicks waits here and finds the first one's mail.
    db.session.get(User, user.id, with_for_update=True)
    about = _about_user(user)
    last = mail.latest(about, TEST_EMAIL)
    if last is not None and last.state is MailState.QUEUED and last.address == user.email:
        mail.let_leave_now([last])
        return
    _queue(TEST_EMAIL, about, mail.next_occasion(about, TEST_EMAIL), user, mail_domain)


def latest_test_email(user: User) -> Mail | None:
    """The newest test email of this person."""
    return mail.latest(_about_user(user), TEST_EMAIL)


def newest_test_email() -> Mail | None:
    """The newest test email of anyone here."""
    # Selected by what they are about, which has an index; the kind has none.
    about = [f"user:{number}" for number in db.session.scalars(sa.select(User.id))]
    newest = sa.select(Mail).where(Mail.about.in_(about), Mail.kind == TEST_EMAIL)
    return db.session.scalar(newest.order_by(Mail.id.desc()).limit(1))


def latest_invitation_mail(invitation: Invitation) -> Mail | None:
    """The newest email of an invitation."""
    return mail.latest(_about_invitation(invitation), TEAM_INVITATION)


def _about_user(user: User) -> str:
    return f"user:{user.id}"


def _about_invitation(invitation: Invitation) -> str:
    return f"invitation:{invitation.id}"


def _about_approval(approval: AdminApproval) -> str:
    return f"admin_approval:{approval.id}"


def _about_connection(connection: Connection) -> str:
    return f"connection:{connection.id}"


def _queue_once_a_day(
    kind: str, about: str, reader: User, mail_domain: str, *, said: dict[str, str] | None = None
) -> bool:
    last = mail.latest(about, kind)
    if last is not None and last.created_at > utc_now() - ONE_REQUEST_PER:
        return False
    _queue(kind, about, mail.next_occasion(about, kind), reader, mail_domain, said=said)
    return True


def _queue(
    kind: str,
    about: str,
    occasion: str,
    reader: User,
    mail_domain: str,
    *,
    said: dict[str, str] | None = None,
) -> None:
    recipient = Recipient(ReaderRole.TEAM, reader.id, reader.name, reader.email)
    mail.queue([NewMail(kind, about, occasion, recipient, utc_now(), said=said or {})], domain=mail_domain)
