"""Mails about an interview. They go to everyone who takes part, in the scheduler's name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from accounts.permissions import Action
from attachment_files import AttachmentFiles, FolderAwayError
from connections.mailboxes import Mailbox, OutOfAction, mailbox_of
from messaging.facts import (
    AttachedFile,
    InterviewFacts,
    Person,
    Reader,
    facts_of,
    inviting_organization,
    reader_of,
)
from messaging.invites import Method
from messaging.letters import Letter, compose_about_interview, with_calendar
from messaging.mime import FilePart
from models import (
    CalendarEntry,
    Interview,
    InterviewStatus,
    Mail,
    Meeting,
    MeetingState,
    ReaderRole,
    RevisionReason,
)
from scheduling import undoing
from scheduling.calendars.telling import (
    CalendarTrouble,
    calendar_of,
    calendar_trouble,
    entry_of,
    is_wanted_and_late,
    needs_file_to_cancel,
)
from scheduling.in_full import in_full
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import attendee_key
from scheduling.mails.refusals import held_back_by
from scheduling.mails.told import Told
from scheduling.meetings import failures
from scheduling.meetings.entry import entry_rules, refused_passcode
from scheduling.reading import lists
from scheduling.revisions import revision_of
from scheduling.slots import offered, request_of
from tasks.mails.addressing import (
    Addressed,
    envelope_of,
    from_mailbox,
    from_the_scheduler,
    organizer_address,
    to_everyone,
)
from tasks.mails.history import history_of
from tasks.mails.kind import Drop, Kind, Ready, Wait, Workshop
from timezones import utc_now
from work.protocol import Again

log = logging.getLogger("tasks")

# How often an email that waits for a better address is looked at, if it is still useful after the interview.
_NEVER_USELESS = timedelta(days=1)
# How long an invitation waits for a password that is being changed, and how often it looks.
_PASSWORD_WAIT, _PASSWORD_LOOK = timedelta(minutes=1), timedelta(seconds=2)
# How long an email waits for its files while the folder of all files is away.
_WAITS_FOR_FILES = timedelta(hours=1)


@dataclass(frozen=True)
class InterviewCopy:
    """One reader's copy, about to be written, with everything it may say. The dialog's preview makes the
    same."""

    facts: InterviewFacts
    reader: Reader
    occasion: str
    # When it is written (aware), which decides what is called "today".
    made_at: datetime
    # The reason for this revision; None for the first one, and in the preview.
    reason: RevisionReason | None = None
    # Who is behind this revision and what they wrote about it; "" for no one and nothing. The candidate
    # themselves may be.
    by: str = ""
    words: str = ""
    is_by_candidate: bool = False
    # What the reader was told last, in an invitation that was sent; None if this is their first.
    told: Told | None = None
    # Why there is no meeting yet, and what helps; "" while nothing is known to be wrong.
    trouble: str = ""
    # Why the reader's own calendar is not up to date; None if it is, or if they have none with us.
    calendar_trouble: CalendarTrouble | None = None
    # The times that the candidate is or was asked to choose from, soonest first, and until when they can
    # (aware UTC).
    slots: tuple[datetime, ...] = ()
    choose_by: datetime | None = None
    # The candidate has chosen a time, and the interview waits for a last look.
    is_accepted: bool = False
    # What was given to this email when it was queued.
    said: Mapping[str, str] = field(default_factory=dict)


More = Mapping[str, object]


def nothing_else(copy: InterviewCopy) -> InterviewKind | None:
    """For kinds that are the same for every reader."""
    return None


def nothing_more(copy: InterviewCopy) -> More:
    """For templates that need no more than every mail about an interview may say."""
    return {}


def no_files(facts: InterviewFacts, reader: Reader) -> tuple[AttachedFile, ...]:
    """For kinds without any of the interview's files."""
    return ()


def is_off(mail: Mail, interview: Interview) -> str | None:
    """Why a mail that asks someone to come is useless: the interview was cancelled, or its reader was removed
    from it or has left the team.
    """
    if interview.status == InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if mail.user is not None and not mail.user.is_active:
        return f"{mail.name} is no longer on the team."
    if mail.role is ReaderRole.ATTENDEE and not _still_attends(mail, interview):
        return f"{mail.name} no longer takes part."
    return None


def _still_attends(mail: Mail, interview: Interview) -> bool:
    """Known by their row, because an address may be corrected after the mail was queued; and by the address,
    because the same person may have been taken off and added again."""
    return any(
        mail.join_reader == attendee_key(attendee) or mail.address.lower() == attendee.email.lower()
        for attendee in interview.attendees
    )


@dataclass(frozen=True, kw_only=True)
class InterviewKind(Kind):
    """`why_useless` returns the reason for not sending a mail anymore at an instant (aware UTC), or None.
    Each kind decides for itself: no reason applies to all, because a cancellation always has to arrive.

    `more` is what its templates ask for beyond the facts; `calendar` the method of the calendar file that
    it brings, if any. `files` are those of the interview's files that come along, and `brings_notes` says
    that the internal notes do, for people of the team who may see them. `addressed_to` says whom the headers
    name; `is_from` is in whose name it is sent, and who gets the replies. `instead` names another kind whose
    letter this reader gets instead, decided when the email is made; it is still this email, sent once.
    `is_alarm`: it is this server that warns the team, even if answers reach the scheduler.
    `always_brings_file`: also for readers in whose calendar the product keeps the interview itself.
    `still_on`: the file only takes back another one, and the interview takes place.
    """

    why_useless: Callable[[Mail, Interview, datetime], str | None]
    more: Callable[[InterviewCopy], More] = nothing_more
    calendar: Method | None = None
    files: Callable[[InterviewFacts, Reader], tuple[AttachedFile, ...]] = no_files
    brings_notes: bool = False
    addressed_to: Callable[[Mail, Interview], Addressed] = to_everyone
    is_from: Callable[[Interview], Person] = from_the_scheduler
    instead: Callable[[InterviewCopy], InterviewKind | None] = nothing_else
    is_alarm: bool = False
    always_brings_file: bool = False
    still_on: bool = False

    def thing_of(self, mail: Mail) -> Interview:
        assert mail.interview_id is not None, "a mail of these kinds is about an interview"
        return in_full(mail.interview_id)

    def hindrance(self, mail: Mail, interview: Interview) -> Drop | Wait | None:
        now = utc_now()
        useless = self.why_useless(mail, interview, now)
        if useless is not None:
            return Drop(useless)
        meeting = interview.meeting
        if (
            self.waits_for_meeting
            and meeting is not None
            and meeting.state == MeetingState.WAITING
            and now < meeting.grace_ends_at
        ):
            why = f"The {self.label.lower()} waits for the meeting."
            return Wait(Again(meeting.grace_ends_at, why, is_failure=False))
        if self.is_timed and now < mail.due_at:
            # It was moved just before it would have left.
            return Wait(Again(mail.due_at, "It's not time yet.", is_failure=False))
        held_until = undoing.held_until(interview, now)
        if held_until is not None:
            return Wait(Again(held_until, "The last change can still be undone.", is_failure=False))
        if self.waits_for_meeting and _is_getting_password(interview) and now < mail.due_at + _PASSWORD_WAIT:
            # Once it is set, an invitation with it and the new link replaces this one.
            why = f"The {self.label.lower()} waits for the meeting's new password."
            return Wait(Again(now + _PASSWORD_LOOK, why, is_failure=False))
        refusal = held_back_by(mail)
        if refusal is not None:
            why = (
                f"An earlier email to {mail.address} was refused. This one waits until the address is "
                "corrected, or until an email to it gets through."
            )
            # Looked at again only to be dropped, when it has become useless; some never are.
            look_again = next(
                (at for at in (interview.starts_at, interview.ends_at) if now < at), now + _NEVER_USELESS
            )
            return Wait(Again(look_again, why, is_failure=False), is_for_address=True)
        return None

    def mailbox(self, interview: Interview) -> Mailbox | OutOfAction | None:
        if self.is_alarm or self.is_from is not from_the_scheduler:
            return None
        return mailbox_of(interview.scheduler)

    def written(self, mail: Mail, interview: Interview, workshop: Workshop, said: Mapping[str, str]) -> Ready:
        organization, entry = inviting_organization(), entry_of(interview.id, mail.user_id)
        page = workshop.join_links.join_page(interview, mail.join_reader) if mail.join_reader else None
        is_candidate = mail.role is ReaderRole.CANDIDATE
        facts = facts_of(interview, organization)
        reader = reader_of(
            mail,
            interview.candidate.timezone,
            page,
            workshop.account_links.interview_page(interview),
            _notes_for(mail, interview) if self.brings_notes else None,
            sees_notes=mail.user is not None and lists.sees_notes_where_taking_part(mail.user),
        )
        reader = replace(
            reader,
            entry_notes=_entry_notes(interview, reader),
            own_page_url=workshop.candidate_links.page(interview) if is_candidate else None,
            calendar=self._calendar_instead(entry),
        )
        request = request_of(interview)
        wanted = self.files(facts, reader) if not mail.leaves_files_out else ()
        found = {
            file: part
            for file in wanted
            if (part := _part(file, workshop.attachment_files, may_wait=_may_wait(mail, interview)))
            is not None
        }
        copy = InterviewCopy(
            replace(facts, files=tuple(found)),
            reader,
            mail.occasion,
            utc_now(),
            trouble=_trouble(interview.meeting),
            calendar_trouble=calendar_trouble(entry)
            if self.always_brings_file or is_wanted_and_late(entry)
            else None,
            slots=tuple(slot.starts_at for slot in offered(interview)),
            choose_by=request.expires_at if request is not None else None,
            is_accepted=interview.status is InterviewStatus.ACCEPTED,
            said=said,
            **history_of(mail, interview),
        )
        meeting, mailbox = interview.meeting, (self.instead(copy) or self).mailbox(interview)
        envelope = envelope_of(
            mail, self.is_from(interview), organization, self.addressed_to(mail, interview)
        )
        return Ready(
            # The row's time, not this attempt's: a repeated delivery is the same message to the last byte.
            self.letter(copy, sender=organizer_address(mailbox), made_at=mail.created_at),
            envelope,
            tuple(found.values()),
            len(wanted) - len(found),
            lacks_link=meeting is not None and meeting.state != MeetingState.READY,
            from_mailbox=from_mailbox(mailbox, envelope, mail, interview),
            passed_over=mailbox.why if isinstance(mailbox, OutOfAction) else "",
        )

    def _calendar_instead(self, entry: CalendarEntry | None) -> str:
        """The calendar of the reader, whose newest entry is given, in which the product keeps the interview,
        so that this email brings no file."""
        if self.calendar is None:
            return ""
        if self.always_brings_file:
            return calendar_of(entry, even_if_late=True)
        if self.calendar == "CANCEL" and needs_file_to_cancel(entry):
            return ""
        return calendar_of(entry, even_if_late=self.calendar == "CANCEL")

    def letter(self, copy: InterviewCopy, *, sender: str, made_at: datetime) -> Letter:
        """What one copy says. `sender` is `organizer_address`; `made_at`, aware, is when this revision was
        written down."""
        other = self.instead(copy)
        if other is not None:
            return other.letter(copy, sender=sender, made_at=made_at)
        facts = told = copy.facts
        if self.calendar == "CANCEL":
            # To its reader it is cancelled, even if it takes place without them, and at the time they know.
            facts = _as_told(replace(facts, is_cancelled=True), copy)
            told = told if self.still_on else facts
        letter = compose_about_interview(self.name, told, copy.reader, self.more(copy))
        if self.calendar is None or (copy.reader.calendar and not self.always_brings_file):
            return letter
        method = self.calendar
        if method == "REQUEST" and copy.reader.person.address.casefold() == sender.casefold():
            # Calendars assume that they already have an organizer's own event.
            method = "PUBLISH"
        return with_calendar(letter, facts, copy.reader, method=method, sender=sender, made_at=made_at)


def _is_getting_password(interview: Interview) -> bool:
    """Whether the meeting is to have another password than people would be told now."""
    meeting, wanted = interview.meeting, interview.requested_passcode
    if not interview.revision or meeting is None or meeting.state != MeetingState.READY or not wanted:
        return False
    if meeting.passcode in (None, wanted) or meeting.passcode_was_refused:
        return False
    # One that its host changed at the provider stays: this invitation is the one that tells people.
    revision = revision_of(interview)
    return revision is None or revision.reason is not RevisionReason.LINK_CHANGED


def is_older_revision(mail: Mail, interview: Interview) -> bool:
    """Whether the mail is about a revision that another has replaced."""
    return Occasion.read(mail.occasion).revision != interview.revision


def _as_told(facts: InterviewFacts, copy: InterviewCopy) -> InterviewFacts:
    if copy.told is None:
        return facts
    when = copy.told.plan.when
    return replace(
        facts, starts_at=when.starts_at, duration_minutes=when.duration_minutes, zone=when.timezone
    )


def _trouble(meeting: Meeting | None) -> str:
    words = failures.told_of(meeting) if meeting is not None else ""
    if meeting is None or meeting.failure is None or not words:
        return ""
    return f"{words} {failures.cure_of(meeting.failure, meeting.software).words}"


def _part(file: AttachedFile, attachment_files: AttachmentFiles, *, may_wait: bool) -> FilePart | None:
    """The file as a part of a mail. A lost file must not keep the mail from leaving. Raises
    `FolderAwayError` with `may_wait`: then it may be there again soon."""
    try:
        return FilePart(file.name, file.content_type, attachment_files.read(file.stored_as))
    except OSError as error:
        if may_wait and isinstance(error, FolderAwayError):
            raise
        log.exception("an attachment cannot be read; the mail leaves without it")
        return None


def _may_wait(mail: Mail, interview: Interview) -> bool:
    """Whether the mail can wait a little for its files: it has not for long, and the interview is later."""
    now = utc_now()
    return now < (mail.due_at or mail.created_at) + _WAITS_FOR_FILES < interview.starts_at


def _notes_for(mail: Mail, interview: Interview) -> str | None:
    """The internal notes, if the reader may see them on the interview's page. The scheduler's copy of what
    the candidate gets has none: an answer to all of it reaches the candidate."""
    reader = mail.user
    if reader is None or mail.role is ReaderRole.TEAM:
        return None
    return interview.internal_notes if lists.may(reader, Action.SEE_NOTES, interview) else None


def _entry_notes(interview: Interview, reader: Reader) -> tuple[str, ...]:
    meeting = interview.meeting
    if meeting is None:
        return ()
    rules = entry_rules(meeting)
    if not reader.is_of_the_team:
        return tuple(rule.to_guests for rule in rules)
    is_schedulers = reader.person.address.casefold() == interview.scheduler.email.casefold()
    refused = refused_passcode(meeting) if is_schedulers else ""
    return (*(rule.to_team for rule in rules), *([refused] if refused else []))
