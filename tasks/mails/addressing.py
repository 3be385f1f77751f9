"""The people that the headers of an email about an interview name, and in whose name it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from connections.mailboxes import Mailbox, OutOfAction
from database import written_out
from messaging.delivery import has_sender, sender_address
from messaging.facts import InvitingOrganization, Person
from messaging.mime import Envelope
from models import Attendee, Candidate, Interview, Mail, MailState, User
from rows import rows_of
from scheduling.mails.queue import INVITATION
from tasks.mails.kind import FromMailbox


@dataclass(frozen=True)
class Addressed:
    """The people that the headers of one copy name, besides the sender. The copy goes only to its own
    reader."""

    to: tuple[Person, ...]
    cc: tuple[Person, ...]


def to_everyone(mail: Mail, interview: Interview) -> Addressed:
    """The candidate, with the hiring manager and everyone else who takes part in copy."""
    others = tuple(person_of(attendee) for attendee in interview.attendees)
    return Addressed((person_of(interview.candidate),), (person_of(interview.hiring_manager), *others))


def to_its_reader(mail: Mail, interview: Interview) -> Addressed:
    """Its own reader alone, for what concerns no one else."""
    return Addressed((reader_of_copy(mail),), ())


def reader_of_copy(mail: Mail) -> Person:
    """Whom a copy is for, as the mail's own row names them: they may no longer take part."""
    return Person(mail.name, mail.address)


def from_the_scheduler(interview: Interview) -> Person:
    """For what the team writes."""
    return person_of(interview.scheduler)


def person_of(row: User | Candidate | Attendee) -> Person:
    return Person(row.name, row.email)


def name_at_server(is_from: Person, organization: str) -> str:
    """What From shows before the server's own address."""
    return f"{is_from.name} via {organization}"


def envelope_of(
    mail: Mail, is_from: Person, organization: InvitingOrganization, addressed: Addressed
) -> Envelope:
    """How one copy leaves through the mail server."""
    return Envelope(
        recipient=reader_of_copy(mail),
        to=addressed.to,
        cc=addressed.cc,
        reply_to=is_from,
        sender_name=name_at_server(is_from, organization.name),
        message_id=mail.message_id,
        references=_first_invitation(mail),
    )


def from_mailbox(
    mailbox: Mailbox | OutOfAction | None, envelope: Envelope, mail: Mail, interview: Interview
) -> FromMailbox | None:
    """The mailbox finds the recipients in the headers, so that each copy names no one but its reader: with
    everyone named in all of them, each person would get all of them."""
    if not isinstance(mailbox, Mailbox):
        return None
    alone = to_its_reader(mail, interview)
    return FromMailbox(
        mailbox,
        replace(envelope, to=alone.to, cc=alone.cc, sender_name=mailbox.owner),
        latest=interview.starts_at,
    )


def organizer_address(mailbox: Mailbox | OutOfAction | None) -> str:
    """The bare address of the organizer in calendar files: this server's, whichever way an email goes.

    Calendars take an update of an entry only from the organizer they know. A mailbox can be disconnected, or
    turned off, between one revision and the next. Only a server that has no address of its own leaves it to
    the `mailbox`.
    """
    return mailbox.address if isinstance(mailbox, Mailbox) and not has_sender() else sender_address()


_FIRST_INVITATION = (
    sa.select(Mail.message_id)
    .where(
        Mail.interview_id == sa.bindparam("interview"),
        Mail.kind == written_out(INVITATION),
        Mail.address == sa.bindparam("address"),
        Mail.state == written_out(MailState.SENT),
        Mail.id < sa.bindparam("before"),
    )
    .order_by(Mail.id)
    .limit(1)
)


def _first_invitation(mail: Mail) -> str | None:
    """The Message-ID of this person's first invitation, under which everything that follows is shown."""
    told = {"interview": mail.interview_id, "address": mail.address, "before": mail.id}
    found = rows_of(_FIRST_INVITATION, told)
    return found[0].message_id if found else None
