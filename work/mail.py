"""Requesting emails in the transaction that needs them, and recording the outcome of each.

A low layer, like the outbox: the domain decides who gets which email and when, and names it by its kind. The
text of a kind, and when it is no longer useful, is declared in a higher layer, in `tasks/mails/kinds/`, one
file for each.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

import sqlalchemy as sa

from database import SealedBytes, written_out
from extensions import db
from models import Lane, Mail, MailState, MailTrouble, ReaderRole, Task, TaskState
from rows import rows_of
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

# Emails about the same thing are sent one after another.
SEND_MAIL = TaskKind("send_mail", Lane.MAIL, "Sending an email", subject="")

# The part of a delivery's payload that is about the moment in which the mail was requested (`NewMail.said`).
SAID = "said"

_INTERVIEW = "interview:"
_declared: dict[str, MailKind] = {}


class UnknownKindError(LookupError):
    """No kind of mail has this name."""


@dataclass(frozen=True)
class MailKind:
    """The part of a kind that every place that shows emails may know; the higher layer declares the rest.

    `name` is stored with every email and is also the folder of its templates. `label` begins a sentence
    ("Invitation", as in "Invitation sent to 2 people"); `label_later` replaces it for every revision but the
    first. `is_timed`: it is sent at an announced time, not as soon as possible. `icon` is shown next to it.

    Raises ValueError for a kind without a label, and for a name that is already taken.
    """

    name: str
    label: str
    _: KW_ONLY
    label_later: str = ""
    is_timed: bool = False
    icon: str = "send"

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError(f"{self.name} needs a label")
        if _declared.setdefault(self.name, self) != self:
            raise ValueError(f"{self.name} is declared twice")


# A row can have a kind that this version does not know, because a newer version requested it.
_GONE = MailKind("of_a_kind_that_is_gone", "Email")


def kind_of(mail_kind: str) -> MailKind:
    """The kind stored with an email, by its name. For one that no longer exists, a kind that is just called
    "Email"."""
    return _declared.get(mail_kind, _GONE)


@dataclass(frozen=True)
class Recipient:
    """One person who gets a copy. In an email about an interview, `join_reader` identifies them in their
    personal join link."""

    role: ReaderRole
    user_id: int | None
    name: str
    address: str
    join_reader: str | None = None


@dataclass(frozen=True)
class NewMail:
    """One copy to be queued, due at `due_at` (aware UTC). With `dropped_because` it is never sent and only
    shown, with that reason. `said`: what the email says about this moment that no stored row will show
    later."""

    kind: str
    about: str
    occasion: str
    recipient: Recipient
    due_at: datetime
    dropped_because: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)


def copies(
    kind: str, about: str, recipients: Iterable[Recipient], *, occasion: str, due_at: datetime
) -> list[NewMail]:
    """One email of a kind for each of the recipients."""
    return [NewMail(kind, about, occasion, recipient, due_at) for recipient in recipients]


_INSERT = sa.insert(Mail).returning(Mail.id, Mail.message_id)


def queue(mails: Iterable[NewMail], *, domain: str) -> None:
    """Add emails to the current transaction and request the ones to be sent: two statements no matter how
    many there are, because a person is waiting for the response to a click.

    `domain` follows the @ of every Message-ID. Raises `UnknownKindError`, and `IntegrityError` when the same
    person already has an email of this kind about the same thing on the same occasion.
    """
    wanted = {f"<{secrets.token_hex(16)}@{domain}>": mail for mail in mails}
    for mail in wanted.values():
        if mail.kind not in _declared:
            raise UnknownKindError(mail.kind)
    if not wanted:
        return
    db.session.flush()
    # The Message-IDs tell which id belongs to which email: SQLite would return the ids in the order given
    # only if each email had its own statement.
    added = db.session.connection().execute(
        _INSERT, [_row(mail, message_id) for message_id, mail in wanted.items()]
    )
    ids = {row.message_id: row.id for row in added}
    outbox.enqueue_all(
        [
            delivery(mail.about, ids[message_id], mail.due_at, mail.said)
            for message_id, mail in wanted.items()
            if mail.dropped_because is None
        ]
    )


def _row(mail: NewMail, message_id: str) -> dict[str, object]:
    recipient = mail.recipient
    return {
        "about": mail.about,
        "interview_id": _interview_id(mail.about),
        "kind": mail.kind,
        "occasion": mail.occasion,
        "role": recipient.role,
        "user_id": recipient.user_id,
        "name": recipient.name,
        "address": recipient.address,
        "join_reader": recipient.join_reader,
        "message_id": message_id,
        "due_at": mail.due_at,
        "state": MailState.QUEUED if mail.dropped_because is None else MailState.DROPPED,
        "words": mail.dropped_because,
    }


def about_interview(interview_id: int) -> str:
    """The `about` of emails about one interview."""
    return f"{_INTERVIEW}{interview_id}"


def _interview_id(about: str) -> int | None:
    return int(about.removeprefix(_INTERVIEW)) if about.startswith(_INTERVIEW) else None


def delivery(
    about: str, mail_id: int, due_at: datetime, said: Mapping[str, str] | None = None
) -> outbox.Work:
    """The work of sending one email, due at an instant (aware UTC)."""
    payload: dict[str, object] = {"mail_id": mail_id}
    if said:
        payload[SAID] = dict(said)
    return outbox.Work(SEND_MAIL, about, payload=payload, run_at=due_at, dedupe_key=delivery_key(mail_id))


def delivery_key(mail_id: int) -> str:
    """The dedupe key of that work."""
    return f"mail:{mail_id}"


_WAITING = (
    sa.select(Mail)
    .where(
        Mail.about == sa.bindparam("about"),
        Mail.kind == sa.bindparam("kind"),
        Mail.state == MailState.QUEUED,
    )
    .order_by(Mail.id)
)


def waiting(about: str, kind: str) -> list[Mail]:
    """The unsent emails of one kind about one thing, oldest first."""
    return list(db.session.scalars(_WAITING, {"about": about, "kind": kind}))


def let_leave_now(mails: Sequence[Mail]) -> None:
    """Bring waiting emails forward to now, if they were due later."""
    now = utc_now()
    for mail in mails:
        mail.due_at = min(mail.due_at, now)
    outbox.enqueue_all([delivery(mail.about, mail.id, mail.due_at) for mail in mails])


def queue_again(mail: Mail) -> None:
    """Send an email after all that was refused for good or held back, now. It is the same message as before.

    If its address was at fault, that is forgotten: the person who asks has a reason to try the address again.
    """
    mail.state, mail.words, mail.code, mail.trouble = MailState.QUEUED, None, None, None
    forget_refusals(mail.address)
    outbox.enqueue_work(delivery(mail.about, mail.id, utc_now()))


def next_tries(mail_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these emails is tried next (aware UTC), for those whose delivery waits for its turn."""
    keys = {f"mail:{mail_id}": mail_id for mail_id in mail_ids}
    if not keys:
        return {}
    found = db.session.execute(
        sa.select(Task.dedupe_key, Task.run_at).where(
            Task.dedupe_key.in_(keys), Task.state == TaskState.READY
        )
    )
    return {keys[key]: run_at for key, run_at in found if key is not None}


def count_due() -> int:
    """How many emails are due and have not been sent."""
    due = sa.select(sa.func.count(Mail.id)).where(Mail.state == MailState.QUEUED, Mail.due_at <= utc_now())
    return db.session.scalar(due) or 0


def refusal_of(address: str) -> Mail | None:
    """The newest email that was refused because of this address, if the address has accepted none since."""
    if not _is_in_trouble(address):
        return None
    return db.session.scalar(
        _about_address(address).where(Mail.state == MailState.FAILED).order_by(Mail.id.desc()).limit(1)
    )


def forget_refusals(address: str) -> None:
    """The address has been corrected, or accepts emails again: those held back for it are sent when they are
    due, and at once if that has passed."""
    if not _is_in_trouble(address):
        return
    for mail in db.session.scalars(_about_address(address)):
        mail.trouble = None
        if mail.state == MailState.QUEUED:
            mail.words = None
            outbox.enqueue_work(delivery(mail.about, mail.id, max(mail.due_at, utc_now())))


# Looked up twice for every email, nearly always with the same result.
_IN_TROUBLE = (
    sa.select(Mail.id)
    .where(
        Mail.trouble == written_out(MailTrouble.ADDRESS),
        sa.func.lower(Mail.address) == sa.bindparam("address"),
    )
    .limit(1)
)


def _is_in_trouble(address: str) -> bool:
    return bool(rows_of(_IN_TROUBLE, {"address": address.lower()}))


def _about_address(address: str) -> sa.Select[Mail]:
    return sa.select(Mail).where(
        Mail.trouble == MailTrouble.ADDRESS, sa.func.lower(Mail.address) == address.lower()
    )


def latest(about: str, kind: str) -> Mail | None:
    """The newest email of one kind about one thing."""
    return db.session.scalar(
        sa.select(Mail).where(Mail.about == about, Mail.kind == kind).order_by(Mail.id.desc()).limit(1)
    )


def next_occasion(about: str, kind: str) -> str:
    """An occasion for an email that may be sent repeatedly about the same thing: `n1`, `n2`, and so on.

    The caller holds a lock on what it is about. If two callers do not, the unique key lets only one win.
    """
    number = db.session.scalar(
        sa.select(sa.func.count(Mail.id)).where(Mail.about == about, Mail.kind == kind)
    )
    return f"n{(number or 0) + 1}"


@dataclass(frozen=True)
class Through:
    """A person's own mailbox that an email is sent through: its app, by its key, and its address."""

    app: str
    address: str


def _came_of_it(mail_id: int, through: Through | None) -> Mail:
    """The email, of which an attempt has an outcome now; `through`: the mailbox that has it, or may have
    it."""
    mail = db.session.get_one(Mail, mail_id)
    mail.handing_over_since = None
    mail.sent_with = through.app if through is not None else None
    mail.sent_from = through.address if through is not None else None
    return mail


def record_sent(
    mail_id: int,
    *,
    words: str,
    code: int | None = None,
    sealed_copy: SealedBytes | None = None,
    through: Through | None = None,
) -> Mail:
    """A server accepted the email; `words` are its response, which begins with `code`. `sealed_copy` is as in
    `keep_copy`. `through`: the mailbox of a person that accepted it instead."""
    mail = _came_of_it(mail_id, through)
    mail.state, mail.sent_at, mail.words = MailState.SENT, utc_now(), words[:500]
    mail.code, mail.trouble = code, None
    if sealed_copy is not None:
        mail.sealed_copy = sealed_copy
    forget_refusals(mail.address)
    return mail


def record_refused(
    mail_id: int, *, words: str, code: int | None = None, concerns_address: bool = False
) -> Mail:
    """The email was refused for good, or could not be made; `code` is the server's, if one answered.
    `concerns_address`: nothing else to the same address would be accepted either.
    """
    mail = _end(mail_id, MailState.FAILED, words)
    mail.code = code
    mail.trouble = MailTrouble.ADDRESS if concerns_address else None
    return mail


def record_dropped(mail_id: int, *, words: str) -> Mail:
    """The email is no longer useful; it stays in the list, shown as dropped."""
    return _end(mail_id, MailState.DROPPED, words)


def record_not_yet(
    mail_id: int,
    *,
    words: str,
    code: int | None = None,
    may_be_double: bool = False,
    trouble: MailTrouble | None = None,
) -> Mail:
    """The email was not sent; it will be tried again. `code` is the server's, if one answered. `trouble`:
    whom that was about, if not this email alone.
    """
    mail = _came_of_it(mail_id, None)
    mail.words, mail.code = words[:500], code
    mail.may_be_double = mail.may_be_double or may_be_double
    mail.trouble = trouble
    return mail


def record_may_have_left(mail_id: int, *, words: str, through: Through | None = None) -> Mail:
    """No one knows whether a person's own mailbox sent the email, so it is not tried again. Without
    `through`, the mailbox is the one that was written down before."""
    mail = db.session.get_one(Mail, mail_id)
    through = through or Through(mail.sent_with or "", mail.sent_from or "")
    mail = _came_of_it(mail_id, through)
    mail.state, mail.words, mail.code, mail.trouble = MailState.FAILED, words[:500], None, None
    mail.may_be_double = True
    return mail


def record_held(mail_id: int, *, words: str) -> Mail:
    """The email was not tried, because its address refuses everything; it waits until that changes."""
    mail = _came_of_it(mail_id, None)
    mail.words, mail.trouble = words[:500], MailTrouble.ADDRESS
    return mail


def _end(mail_id: int, state: MailState, words: str) -> Mail:
    mail = _came_of_it(mail_id, None)
    mail.state, mail.words, mail.code, mail.trouble = state, words[:500], None, None
    return mail


def keep_copy(mail_id: int, sealed: SealedBytes) -> None:
    """Keep what the email said when it was handed to a server, as `messaging.copies` seals it. Of several
    deliveries, the last is kept."""
    db.session.get_one(Mail, mail_id).sealed_copy = sealed
