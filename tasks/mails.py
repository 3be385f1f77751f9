"""The task that delivers one mail to one recipient."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from sqlalchemy.orm import joinedload, selectinload

from attachment_files import AttachmentFiles
from extensions import db
from messaging.delivery import (
    Accepted,
    Deferred,
    Misconfigured,
    Outcome,
    Refused,
    Unknown,
    deliver,
    is_configured,
    sender_address,
)
from messaging.facts import AttachedFile, Person, facts_of, reader_of
from messaging.letters import Letter, compose_invitation, compose_reminder
from messaging.mime import Envelope, FilePart
from models import (
    Application,
    Attendee,
    FailureReason,
    Interview,
    Mail,
    MailKind,
    MailState,
    Meeting,
    MeetingState,
    Organization,
    RevisionReason,
)
from scheduling.join_links import JoinLinks
from scheduling.mails import queue
from scheduling.meetings import recording, wanting
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from tasks.mail_retries import record_not_taken, waits_for_server
from timezones import utc_now
from work.protocol import Again, ClaimedTask, Done, Handler, Next

log = logging.getLogger("tasks")

# What every letter names, read in three queries instead of one for each.
_EVERYBODY_AND_THE_MEETING = (
    joinedload(Interview.application, innerjoin=True).options(
        joinedload(Application.candidate, innerjoin=True), joinedload(Application.job, innerjoin=True)
    ),
    joinedload(Interview.scheduler, innerjoin=True),
    joinedload(Interview.hiring_manager, innerjoin=True),
    joinedload(Interview.meeting),
    selectinload(Interview.attendees).joinedload(Attendee.user),
    selectinload(Interview.attachments),
)


@dataclass(frozen=True)
class Drop:
    why: str


@dataclass(frozen=True)
class Wait:
    """The mail may not leave yet, for a reason that is not a fault."""

    next: Again


@dataclass(frozen=True)
class Ready:
    letter: Letter
    envelope: Envelope
    files: tuple[FilePart, ...]
    # How many should go along and cannot be read.
    lost_files: int
    is_invitation: bool
    # Whether the letter could carry the link of the meeting, if there is one to be.
    has_link: bool


@dataclass(frozen=True)
class Loaded:
    mail_id: int
    interview_id: int
    failures: int
    what: Drop | Wait | Ready

    @property
    def left_without_link(self) -> bool:
        """Whether this is an invitation to a meeting whose link was not known when the letter was made."""
        return isinstance(self.what, Ready) and self.what.is_invitation and not self.what.has_link


def send_mail(links: JoinLinks, rules: Rules, attachment_files: AttachmentFiles) -> Handler:
    """The handler that sends a mail when it is due, and only while it is of use."""

    def load(task: ClaimedTask) -> Loaded | None:
        mail = db.session.get(Mail, int(task.payload["mail_id"]))
        if mail is None or mail.state != MailState.QUEUED:
            return None
        interview = db.session.get_one(Interview, mail.interview_id, options=_EVERYBODY_AND_THE_MEETING)
        what = _what_to_do(mail, interview, links, attachment_files)
        return Loaded(mail.id, interview.id, task.failures, what)

    def call(loaded: Loaded) -> Outcome | None:
        ready = loaded.what
        return deliver(ready.letter, ready.envelope, ready.files) if isinstance(ready, Ready) else None

    def record(loaded: Loaded, outcome: Outcome | None) -> Next:
        match loaded.what:
            case Drop(why):
                queue.record_dropped(loaded.mail_id, words=why)
                return Done()
            case Wait(then):
                queue.record_not_yet(loaded.mail_id, words=then.why)
                return then
        assert outcome is not None
        return _record(loaded, outcome, rules)

    def gave_up(task: ClaimedTask, why: str) -> None:
        queue.record_refused(int(task.payload["mail_id"]), words=f"The mail could not be made ({why}).")

    return Handler(load, call, record, gave_up)


def _what_to_do(
    mail: Mail, interview: Interview, links: JoinLinks, attachment_files: AttachmentFiles
) -> Drop | Wait | Ready:
    now = utc_now()
    useless = queue.why_useless(mail, interview, now)
    if useless is not None:
        return Drop(useless)
    waits_until = queue.waits_until(mail, interview, now)
    if waits_until is not None:
        return Wait(Again(waits_until, "The invitation waits for the meeting.", is_failure=False))
    if not is_configured():
        return Wait(waits_for_server())
    organization = db.session.get_one(Organization, 1)
    letter, files, lost = _compose(mail, interview, organization, links, attachment_files)
    meeting = interview.meeting
    return Ready(
        letter,
        _envelope(mail, interview, organization),
        files,
        lost,
        is_invitation=mail.kind is MailKind.INVITATION,
        has_link=meeting is None or meeting.state == MeetingState.READY,
    )


def _compose(
    mail: Mail,
    interview: Interview,
    organization: Organization,
    links: JoinLinks,
    attachment_files: AttachmentFiles,
) -> tuple[Letter, tuple[FilePart, ...], int]:
    """The letter, the files that go with it, and how many should and cannot be read."""
    facts = facts_of(interview, organization)
    reader = reader_of(mail, interview, links.join_page_for(mail, interview))
    if mail.kind is MailKind.REMINDER:
        return compose_reminder(facts, reader, mail.minutes_before), (), 0
    wanted = () if mail.leaves_files_out else facts.files_for(reader)
    found = {file: part for file in wanted if (part := _part(file, attachment_files)) is not None}
    facts = replace(facts, files=tuple(found))
    # The stamp of the row, not of this try: a repeated delivery is the same message to the last byte.
    letter = compose_invitation(facts, reader, sender=sender_address(), made_at=mail.created_at)
    return letter, tuple(found.values()), len(wanted) - len(found)


def _part(file: AttachedFile, attachment_files: AttachmentFiles) -> FilePart | None:
    """The file as a part of a mail. One that has been lost must not keep the invitation from leaving."""
    try:
        return FilePart(file.name, file.content_type, attachment_files.read(file.stored_as))
    except OSError:
        log.exception("an attachment cannot be read; the invitation leaves without it")
        return None


def _envelope(mail: Mail, interview: Interview, organization: Organization) -> Envelope:
    candidate, manager, scheduler = interview.candidate, interview.hiring_manager, interview.scheduler
    copies = [Person(manager.name, manager.email)]
    copies += [Person(attendee.name, attendee.email) for attendee in interview.attendees]
    return Envelope(
        recipient=Person(mail.name, mail.address),
        to=(Person(candidate.name, candidate.email),),
        cc=tuple(copies),
        reply_to=Person(scheduler.name, scheduler.email),
        sender_name=f"{scheduler.name} via {organization.name}",
        message_id=mail.message_id,
    )


def _record(loaded: Loaded, outcome: Outcome, rules: Rules) -> Next:
    mail_id = loaded.mail_id
    match outcome:
        case Accepted(_, words):
            # The meeting's outcome is written meeting first, mails after; the same order here keeps the
            # two from waiting for each other.
            meeting = (
                wanting.wanted_meeting(loaded.interview_id, lock=True) if loaded.left_without_link else None
            )
            lost = loaded.what.lost_files if isinstance(loaded.what, Ready) else 0
            interview = queue.record_sent(mail_id, words=words, lost_files=lost)
            if meeting is not None:
                _reconcile_link(mail_id, meeting, interview, rules)
            return Done()
        case Refused(_, words, is_too_large=True) if _brought_files(loaded):
            why = "The mail server takes no mail as large as the attached files"
            queue.record_files_left_out(mail_id, words=words, why=why)
            return Again(utc_now(), words, is_failure=False)
        case Deferred(_, words, is_too_slow=True) | Unknown(words, is_too_slow=True) if (
            _brought_files(loaded) and loaded.failures
        ):
            # The line may have stalled once for any reason. With a failure before, whatever it was, an
            # invitation now is worth more than its files later.
            why = "The connection to the mail server is too slow for the attached files"
            may_be_double = isinstance(outcome, Unknown)
            queue.record_files_left_out(mail_id, words=words, why=why, may_be_double=may_be_double)
            return Again(utc_now(), words, is_failure=False)
        case Refused(_, words):
            queue.record_refused(mail_id, words=words)
            return Done()
        case Deferred() | Unknown() | Misconfigured():
            return record_not_taken(mail_id, outcome, loaded.failures)


def _brought_files(loaded: Loaded) -> bool:
    return isinstance(loaded.what, Ready) and bool(loaded.what.files)


def _reconcile_link(mail_id: int, meeting: Meeting, interview: Interview, rules: Rules) -> None:
    """An invitation has left without a link. From now on people have been told so, and the meeting
    counts as settled; should it have become ready while the mail was on its way, the link follows."""
    if meeting.state == MeetingState.WAITING:
        recording.record_failed(meeting.id, FailureReason.UNREACHABLE, None)
    elif meeting.state == MeetingState.READY:
        sent = db.session.get_one(Mail, mail_id)
        if sent.revision == interview.revision:
            raise_revision(interview, RevisionReason.LINK_CAME_LATE)
            queue.send_corrected_invitations(interview, rules)
