"""A mail about an interview as it would be sent, for people to see before it is.

The kind itself makes it, so it cannot differ from what is sent. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.mailboxes import Mailbox, is_any_set_up, mailbox_of
from messaging.copies import SentCopy, copy_of
from messaging.delivery import has_sender, sender_address
from messaging.facts import InterviewFacts, Reader
from messaging.letters import Letter
from models import Mail, RevisionReason, User
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import SLOT_REQUEST
from scheduling.mails.slots import SlotOccasion
from scheduling.mails.told import Told
from scheduling.plans import When
from scheduling.slots import open_until
from services import Services
from tasks.mails.addressing import name_at_server, organizer_address, person_of
from tasks.mails.interviews import InterviewCopy, InterviewKind
from tasks.mails.kind import Drop, workshop_of
from tasks.mails.kinds import all_kinds


@dataclass(frozen=True)
class Sender:
    """Where the emails about an interview would come from at this moment: what From shows, and the app whose
    mailbox sends them, as people call it, or "". `passed_over`: half a sentence that says why the scheduler's
    own mailbox does not. `organizer` is who calendar files name."""

    name: str
    address: str
    app_label: str
    passed_over: str
    organizer: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"


def sender_of(scheduler: User, organization: str) -> Sender:
    """The sender of emails about interviews that this person schedules."""
    mailbox = mailbox_of(scheduler) if is_any_set_up() else None
    organizer = organizer_address(mailbox)
    if isinstance(mailbox, Mailbox):
        return Sender(mailbox.owner, mailbox.address, mailbox.label, "", organizer)
    passed_over = mailbox.why if mailbox is not None else ""
    name = name_at_server(person_of(scheduler), organization)
    return Sender(name, sender_address(), "", passed_over, organizer)


def organizer_of(scheduler: User) -> str:
    """The bare address that calendar files of this person's interviews name as the organizer."""
    return sender_address() if has_sender() else organizer_address(mailbox_of(scheduler))


def preview(
    name: str,
    facts: InterviewFacts,
    reader: Reader,
    *,
    sender: str,
    made_at: datetime,
    minutes_before: int = 0,
    told: Told | None = None,
    by: str = "",
) -> Letter:
    """The mail of the kind called `name` to one reader; `minutes_before` the start, for a reminder.

    `told` is what the reader knows of an interview that is changed, and `by` who changes it.

    `sender` is the bare address of the organizer, `made_at` (aware) when the revision was written down.
    Raises KeyError for a kind that does not exist or is about no interview.
    """
    kind = _kind(name)
    at = facts.starts_at - timedelta(minutes=minutes_before) if minutes_before else made_at
    occasion = str(Occasion(facts.revision, minutes_before))
    reason = RevisionReason.CHANGED if facts.revision else None
    copy = InterviewCopy(facts, reader, occasion, at, reason, by=by, told=told)
    return kind.letter(copy, sender=sender, made_at=made_at)


def preview_of_request(
    facts: InterviewFacts, reader: Reader, slots: Sequence[When], *, sender: str, made_at: datetime
) -> Letter:
    """The email that asks the candidate to choose from these times, as it is sent first."""
    starts, choose_by = tuple(slot.starts_at for slot in slots), open_until(slots, made_at)
    copy = InterviewCopy(facts, reader, str(SlotOccasion(1)), made_at, slots=starts, choose_by=choose_by)
    return _kind(SLOT_REQUEST).letter(copy, sender=sender, made_at=made_at)


def _kind(name: str) -> InterviewKind:
    kind = all_kinds()[name]
    if not isinstance(kind, InterviewKind):
        raise KeyError(f"{name} is about no interview")
    return kind


def as_of_now(mail: Mail, services: Services) -> SentCopy | None:
    """What a queued mail would say if it left at this moment; None for one that would not leave anymore, or
    whose kind this version no longer has. Reads what the mail is about, its attached files included.
    """
    kind = all_kinds().get(mail.kind)
    if kind is None:
        return None
    thing = kind.thing_of(mail)
    if isinstance(kind.hindrance(mail, thing), Drop):
        return None
    ready = kind.written(mail, thing, workshop_of(services), {})
    way = ready.from_mailbox
    if way is None:
        return copy_of(ready.letter, ready.envelope, ready.files, sender=sender_address())
    return copy_of(ready.letter, way.envelope, ready.files, sender=way.mailbox.address)
