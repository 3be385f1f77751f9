"""The task that delivers one mail to one person, of whatever kind it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
)
from models import Interview, Mail, MailState, Meeting, MeetingState, RevisionReason
from scheduling.mails import outcomes, queue, refusals
from scheduling.meetings import recording, wanting
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from tasks.mails.kind import Drop, Kind, Ready, Wait, Workshop
from timezones import utc_now
from work import mail as mails
from work import outbox, retry
from work.protocol import Again, ClaimedTask, Done, Handler, Next

_NO_SERVER = "Waiting for a mail server: MAIL_SERVER and MAIL_DEFAULT_SENDER have to be set."


@dataclass(frozen=True)
class Loaded:
    """One attempt to deliver one mail. `interview_id` is None for a mail to the team about no interview.
    `was_told`: the task itself holds something that the mail says."""

    task_id: int
    mail_id: int
    interview_id: int | None
    kind: Kind
    failures: int
    what: Drop | Wait | Ready
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
    """How the delivery went. `sealed_copy`: what the email said, if the server has or may have taken it."""

    outcome: Outcome
    sealed_copy: bytes | None = None


def send_mail(kinds: Mapping[str, Kind], workshop: Workshop, rules: Rules) -> Handler:
    """The handler that sends a mail when it is due, and only while it is useful."""

    def load(task: ClaimedTask) -> Loaded | None:
        mail = db.session.get(Mail, int(task.payload["mail_id"]))
        if mail is None or mail.state != MailState.QUEUED:
            return None
        kind = kinds[mail.kind]
        thing = kind.thing_of(mail)
        what: Drop | Wait | Ready | None = kind.hindrance(mail, thing)
        if what is None and not is_configured():
            # Someone has to set one, which is not this mail's failure.
            what = Wait(Again(utc_now() + retry.MAIL_SERVER.delay(3), _NO_SERVER, is_failure=False))
        if what is None:
            what = kind.written(mail, thing, workshop, task.payload.get(mails.SAID, {}))
        return Loaded(
            task.id,
            mail.id,
            mail.interview_id,
            kind,
            task.failures,
            what,
            was_told=mails.SAID in task.payload,
        )

    def call(loaded: Loaded) -> Attempt | None:
        ready = loaded.what
        if not isinstance(ready, Ready):
            return None
        outcome = deliver(ready.letter, ready.envelope, ready.files)
        # Emails about someone's account hold links that act for them, and no page shows those emails.
        if loaded.interview_id is None or not isinstance(outcome, Accepted | Unknown):
            return Attempt(outcome)
        copy = copy_of(ready.letter, ready.envelope, ready.files)
        return Attempt(outcome, workshop.mail_copies.sealed(loaded.mail_id, copy))

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
            case Ready():
                assert attempt is not None
                then = _record(loaded, attempt, rules)
        if isinstance(then, Done) and loaded.was_told:
            # Finished tasks are kept, and what a mail said may be personal.
            outbox.forget(loaded.task_id, mails.SAID)
        return then

    def gave_up(task: ClaimedTask, why: str) -> None:
        outcomes.record_refused(int(task.payload["mail_id"]), words=f"The email could not be made ({why}).")

    return Handler(load, call, record, gave_up)


def _record(loaded: Loaded, attempt: Attempt, rules: Rules) -> Next:
    match attempt.outcome:
        case Accepted(code, words):
            _record_sent(loaded, words, code, attempt.sealed_copy, rules)
            return Done()
        case outcome:
            then = _record_fault(loaded, outcome, rules)
            if attempt.sealed_copy is not None:
                mails.keep_copy(loaded.mail_id, attempt.sealed_copy)
            return then


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
            # All that is left is a letter and a calendar file, which every server should accept.
            words = f"{words} Its limit for the size of an email has to be raised."
            mails.record_not_yet(loaded.mail_id, words=words, code=code, concerns_us=True)
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
            mails.record_not_yet(
                loaded.mail_id,
                words=outcome.words,
                code=None if isinstance(outcome, Unknown) else outcome.code,
                may_be_double=is_unknown,
                concerns_us=isinstance(outcome, Misconfigured)
                or (isinstance(outcome, Deferred) and outcome.concerns_all),
            )
            ladder = retry.MAIL_SERVER if isinstance(outcome, Misconfigured) else retry.MAIL
            return Again(utc_now() + ladder.delay(loaded.failures + 1), outcome.words)


def _record_sent(loaded: Loaded, words: str, code: int, sealed_copy: bytes | None, rules: Rules) -> None:
    interview_id, meeting = loaded.interview_id, None
    if interview_id is not None and loaded.left_without_link:
        # A meeting's outcome is written to the meeting first and to its mails afterwards. The same order here
        # keeps the two from waiting for each other.
        meeting = wanting.wanted_meeting(interview_id, lock=True)
    mail = mails.record_sent(loaded.mail_id, words=words, code=code, sealed_copy=sealed_copy)
    if interview_id is None:
        return
    lost = loaded.what.lost_files if isinstance(loaded.what, Ready) else 0
    mail.leaves_files_out = mail.leaves_files_out or bool(lost)
    outcomes.note_sent(mail, interview_id, lost_files=lost)
    if meeting is not None:
        _reconcile_link(mail, meeting, interview_id, rules)


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
