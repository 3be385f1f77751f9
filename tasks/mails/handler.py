"""The task that delivers one mail to one person, of whatever kind it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from attachment_files import FolderAwayError
from connections.catalogue import label_of
from connections.mailboxes import Mailbox, OutOfAction
from database import SealedBytes
from extensions import db
from messaging.copies import copy_of
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
from models import Interview, Mail, MailState, MailTrouble, Meeting, MeetingState, RevisionReason
from scheduling.calendars import telling
from scheduling.mails import outcomes, queue, refusals
from scheduling.meetings import recording, wanting
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from tasks.mails import own_mailbox
from tasks.mails.kind import Drop, Kind, Ready, Wait, Workshop
from tasks.mails.own_mailbox import PassedOver
from timezones import utc_now
from work import mail as mails
from work import outbox, retry
from work.mail import Through
from work.protocol import Again, ClaimedTask, Done, Handler, Next

_FILES_AWAY = "Waiting for its files: the folder that this server keeps them in isn't there."
_NO_SERVER = "Waiting for a mail server: MAIL_SERVER and MAIL_DEFAULT_SENDER have to be set."


@dataclass(frozen=True)
class CutOff:
    """A process died while someone's mailbox was asked to send the mail from `address`."""

    address: str


@dataclass(frozen=True)
class Loaded:
    """One attempt to deliver one mail. `interview_id` is None for a mail to the team about no interview.
    `was_told`: the task itself holds something that the mail says."""

    task_id: int
    mail_id: int
    interview_id: int | None
    kind: Kind
    failures: int
    what: Drop | Wait | Ready | CutOff
    was_told: bool

    @property
    def left_without_link(self) -> bool:
        """Whether the kind waits for a meeting whose link was not known when the letter was made."""
        return self.kind.waits_for_meeting and isinstance(self.what, Ready) and self.what.lacks_link

    @property
    def brought_files(self) -> bool:
        return isinstance(self.what, Ready) and bool(self.what.files)


@dataclass(frozen=True)
class Attempt:
    """How the delivery went. `through`: the mailbox whose outcome it is; None for the mail server's.
    `passed_over`: what kept the mailbox from sending it instead. `sealed_copy`: what the email said, if it
    was taken or may have been."""

    outcome: Outcome
    through: Through | None = None
    passed_over: PassedOver | None = None
    sealed_copy: SealedBytes | None = None


def send_mail(kinds: Mapping[str, Kind], workshop: Workshop, rules: Rules) -> Handler:
    """The handler that sends a mail when it is due, and only while it is useful."""

    def load(task: ClaimedTask) -> Loaded | None:
        mail = db.session.get(Mail, int(task.payload["mail_id"]))
        if mail is None or mail.state != MailState.QUEUED:
            return None
        kind = kinds[mail.kind]
        return Loaded(
            task.id,
            mail.id,
            mail.interview_id,
            kind,
            task.failures,
            _what_to_do(mail, kind, workshop, task.payload.get(mails.SAID, {})),
            was_told=mails.SAID in task.payload,
        )

    def call(loaded: Loaded) -> Attempt | None:
        ready = loaded.what
        if not isinstance(ready, Ready):
            return None
        attempt = _attempted(loaded.mail_id, ready)
        # Emails about someone's account hold links that act for them, and no page shows those emails.
        if attempt is None or loaded.interview_id is None:
            return attempt
        if not isinstance(attempt.outcome, Accepted | Unknown):
            return attempt
        way = ready.from_mailbox if attempt.through is not None else None
        copy = copy_of(
            ready.letter,
            way.envelope if way is not None else ready.envelope,
            ready.files,
            sender=way.mailbox.address if way is not None else sender_address(),
        )
        return replace(attempt, sealed_copy=workshop.mail_copies.sealed(loaded.mail_id, copy))

    def record(loaded: Loaded, attempt: Attempt | None) -> Next:
        match loaded.what:
            case Drop(why):
                mails.record_dropped(loaded.mail_id, words=why)
                then: Next = Done()
            case Wait(again, is_for_address=True):
                mails.record_held(loaded.mail_id, words=again.why)
                then = again
            case Wait(again):
                mails.record_not_yet(loaded.mail_id, words=again.why)
                then = again
            case CutOff(address):
                outcomes.record_may_have_left(loaded.mail_id, words=own_mailbox.cut_off(address))
                then = Done()
            case Ready() if attempt is None:
                # It was cancelled just before it would have been sent.
                then = Done()
            case Ready():
                assert attempt is not None
                then = _record(loaded, attempt, rules)
        if isinstance(then, Done) and loaded.was_told:
            # Finished tasks are kept, and what a mail said may be personal.
            outbox.forget(loaded.task_id, mails.SAID)
        return then

    def gave_up(task: ClaimedTask, why: str) -> None:
        mail = db.session.get_one(Mail, int(task.payload["mail_id"]))
        if mail.handing_over_since is not None:
            outcomes.record_may_have_left(mail.id, words=own_mailbox.cut_off(mail.sent_from or ""))
        else:
            outcomes.record_refused(mail.id, words=f"The email could not be made ({why}).")

    return Handler(load, call, record, gave_up)


def _what_to_do(
    mail: Mail, kind: Kind, workshop: Workshop, said: Mapping[str, str]
) -> Drop | Wait | Ready | CutOff:
    if mail.handing_over_since is not None:
        return CutOff(mail.sent_from or "")
    thing = kind.thing_of(mail)
    hindrance = kind.hindrance(mail, thing)
    if hindrance is not None:
        return hindrance
    if not is_configured():
        mailbox = kind.mailbox(thing)
        if not isinstance(mailbox, Mailbox):
            return _wait_for_server(mailbox)
    try:
        ready = kind.written(mail, thing, workshop, said)
    except FolderAwayError:
        return Wait(Again(utc_now() + retry.MAIL_SERVER.delay(1), _FILES_AWAY, is_failure=False))
    if ready.from_mailbox is None and not is_configured():
        return _wait_for_server(None)
    return ready


def _wait_for_server(mailbox: OutOfAction | None) -> Wait:
    """Someone has to set one, which is not this mail's failure."""
    words = _NO_SERVER if mailbox is None else f"{mailbox.why}. {_NO_SERVER}"
    return Wait(Again(utc_now() + retry.MAIL_SERVER.delay(3), words, is_failure=False))


def _attempted(mail_id: int, ready: Ready) -> Attempt | None:
    """Have the mail sent by the mailbox of the person in whose name it is, or else by the mail server, in the
    same attempt; None if it no longer waits to be sent."""
    way, passed_over = ready.from_mailbox, None
    if way is None and ready.passed_over:
        passed_over = PassedOver(ready.passed_over, "")
    if way is not None:
        outcome = own_mailbox.deliver_from(mail_id, way, ready)
        if outcome is None:
            return None
        if not isinstance(outcome, PassedOver):
            return Attempt(outcome, own_mailbox.through(way.mailbox))
        passed_over = outcome
        if not is_configured():
            words = f"{outcome.why}, and this server has no mail server to send it with. {outcome.words}"
            return Attempt(
                Deferred(None, words.strip()), own_mailbox.through(way.mailbox), passed_over=passed_over
            )
    return Attempt(deliver(ready.letter, ready.envelope, ready.files), passed_over=passed_over)


def _record(loaded: Loaded, attempt: Attempt, rules: Rules) -> Next:
    if isinstance(loaded.what, Ready) and loaded.what.from_mailbox is not None and attempt.passed_over:
        own_mailbox.note_lost_permissions(loaded.what.from_mailbox.mailbox, attempt.passed_over)
    match attempt.outcome:
        case Accepted():
            _record_sent(loaded, attempt, attempt.outcome, rules)
            return Done()
        case outcome if attempt.through is not None:
            then = _record_fault_of_mailbox(loaded, outcome, attempt.through, rules)
        case outcome:
            then = _record_fault(loaded, outcome, rules)
    if attempt.sealed_copy is not None:
        mails.keep_copy(loaded.mail_id, attempt.sealed_copy)
    return then


def _record_fault_of_mailbox(
    loaded: Loaded, outcome: Refused | Deferred | Misconfigured | Unknown, through: Through, rules: Rules
) -> Next:
    match outcome:
        case Unknown(words):
            outcomes.record_may_have_left(loaded.mail_id, words=words, through=through)
            return Done()
        case Refused(code, words, is_too_large=True):
            why = f"{label_of(through.app)} takes no email as large as the attached files"
            return _leave_files_out(loaded, words, code, why, may_be_double=False)
        case Deferred(code, words, retry_at=retry_at):
            # This concerns one person's emails only: the server's and everyone else's are fine.
            mails.record_not_yet(loaded.mail_id, words=words, code=code, trouble=MailTrouble.MAILBOX)
            now = utc_now()
            return Again(max(now + retry.MAIL.delay(loaded.failures + 1), retry_at or now), words)
    return _record_fault(loaded, outcome, rules)


def _record_fault(
    loaded: Loaded, outcome: Refused | Deferred | Misconfigured | Unknown, rules: Rules
) -> Next:
    match outcome:
        case Refused(code, words, is_too_large=True) if loaded.brought_files:
            why = "The mail server takes no email as large as the attached files"
            return _leave_files_out(loaded, words, code, why, may_be_double=False)
        case Deferred(_, words, is_too_slow=True) | Unknown(words, is_too_slow=True) if (
            loaded.brought_files and loaded.failures
        ):
            # The connection may stall once for any reason. After an earlier failure of any kind, the mail now
            # is worth more than its files later.
            why = "The connection to the mail server is too slow for the attached files"
            return _leave_files_out(loaded, words, None, why, may_be_double=isinstance(outcome, Unknown))
        case Refused(code, words, is_too_large=True):
            # Only a letter and a calendar file are left, which every server should accept.
            words = f"{words} Its limit for the size of an email has to be raised."
            mails.record_not_yet(loaded.mail_id, words=words, code=code, trouble=MailTrouble.OURS)
            return Again(utc_now() + retry.MAIL_SERVER.delay(loaded.failures + 1), words)
        case Refused(code, words, concerns_address=concerns_address):
            mail = outcomes.record_refused(
                loaded.mail_id, words=words, code=code, concerns_address=concerns_address
            )
            if concerns_address:
                refusals.tell_once(mail, rules)
            return Done()
        case Deferred() | Unknown() | Misconfigured():
            # Not accepted, or the server died before it said so.
            is_unknown = isinstance(outcome, Unknown)
            concerns_us = isinstance(outcome, Misconfigured) or (
                isinstance(outcome, Deferred) and outcome.concerns_all
            )
            mails.record_not_yet(
                loaded.mail_id,
                words=outcome.words,
                code=None if isinstance(outcome, Unknown) else outcome.code,
                may_be_double=is_unknown,
                trouble=MailTrouble.OURS if concerns_us else None,
            )
            ladder = retry.MAIL_SERVER if isinstance(outcome, Misconfigured) else retry.MAIL
            at = utc_now() + ladder.delay(loaded.failures + 1)
            if isinstance(outcome, Deferred) and outcome.retry_at is not None:
                at = max(at, outcome.retry_at)
            return Again(at, outcome.words)


def _record_sent(loaded: Loaded, attempt: Attempt, accepted: Accepted, rules: Rules) -> None:
    interview_id, meeting = loaded.interview_id, None
    if interview_id is not None and loaded.left_without_link:
        # A meeting's outcome is written to the meeting first and to its mails afterwards. The same order here
        # keeps the two from waiting for each other.
        meeting = wanting.wanted_meeting(interview_id, lock=True)
    passed_over = attempt.passed_over
    mail = mails.record_sent(
        loaded.mail_id,
        words=f"{accepted.words} {passed_over.words}".strip() if passed_over is not None else accepted.words,
        code=accepted.code,
        sealed_copy=attempt.sealed_copy,
        through=attempt.through,
    )
    if interview_id is None:
        return
    if passed_over is not None:
        outcomes.note_passed_over(mail, interview_id, why=passed_over.why, sender=sender_address())
    lost = loaded.what.lost_files if isinstance(loaded.what, Ready) else 0
    mail.leaves_files_out = mail.leaves_files_out or bool(lost)
    outcomes.note_sent(mail, interview_id, lost_files=lost)
    _note_calendar_file(loaded, mail, interview_id, rules)
    if meeting is not None:
        _reconcile_link(mail, meeting, interview_id, rules)


def _note_calendar_file(loaded: Loaded, mail: Mail, interview_id: int, rules: Rules) -> None:
    """Someone who gets the interview as an entry in their calendar must not have it there from a file as
    well."""
    method = loaded.what.letter.ics_method if isinstance(loaded.what, Ready) else None
    if method is not None and mail.user_id is not None:
        telling.note_file_sent(interview_id, mail.user_id, is_cancelled=method == "CANCEL", rules=rules)


def _leave_files_out(loaded: Loaded, words: str, code: int | None, why: str, *, may_be_double: bool) -> Again:
    mail = mails.record_not_yet(loaded.mail_id, words=words, code=code, may_be_double=may_be_double)
    mail.leaves_files_out = True
    assert loaded.interview_id is not None, "only a mail about an interview brings files"
    outcomes.note_files_left_out(mail, loaded.interview_id, why=why)
    return Again(utc_now(), words, is_failure=False)


def _reconcile_link(mail: Mail, meeting: Meeting, interview_id: int, rules: Rules) -> None:
    """An invitation has been sent without a link. People have been told so, and the meeting now counts as
    settled. If it became ready while the mail was being sent, the link follows.
    """
    if meeting.state == MeetingState.WAITING:
        recording.record_left_without_link(meeting.id, rules)
    elif meeting.state == MeetingState.READY:
        interview = db.session.get_one(Interview, interview_id)
        if mail.occasion == queue.current_occasion(interview):
            raise_revision(interview, RevisionReason.LINK_CAME_LATE)
            queue.send_corrected_invitations(interview, rules)
