"""Record the outcomes of calls to a provider. Each function adds to the current transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from extensions import db
from models import (
    UNCLEAR,
    CallKind,
    CallState,
    FailureReason,
    Interview,
    InterviewStatus,
    Meeting,
    MeetingCall,
    MeetingState,
    RevisionReason,
    User,
)
from providers.base import Meeting as ShownMeeting
from scheduling.entries import hosting
from scheduling.entries import wanting as entries
from scheduling.join_links import leads_straight_in
from scheduling.mails import alarms, queue
from scheduling.meetings import account_rules, asking, entry, failures, looks, orphans, wanting
from scheduling.meetings.hosts import passed_over
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from scheduling.software import lives_on_entry, meeting_of
from scheduling.timeline import note, note_once
from timezones import utc_now
from wording import possessive

# Providers in trouble have said that a meeting does not exist and shown it again minutes later. So one such
# answer is not believed; the second counts if it comes at least this much later, and earlier once people are
# about to join.
_SECOND_LOOK, _SECOND_LOOK_AT_THE_HOUR = timedelta(minutes=2), timedelta(minutes=1)


def record_created(call_id: int, shown: ShownMeeting, rules: Rules, *, passcode: str | None = None) -> None:
    """The meeting exists, whether it was just created or found again: store it and let people know.
    `passcode` is the one that was requested, if any and if that is known for certain."""
    call, meeting = _locked(call_id)
    if passcode is not None and shown.passcode != passcode:
        meeting.passcode_was_refused = True
    interview, host = meeting.interview, db.session.get_one(User, call.host_id)
    call.state, call.failure, call.failure_words = CallState.DONE, None, None
    was_settled = meeting.state == MeetingState.FAILED
    meeting.state, meeting.settled_at = MeetingState.READY, utc_now()
    meeting.host, meeting.connection_id = host, call.connection_id
    meeting.account_id = call.account_id
    meeting.provider_meeting_id = shown.id
    _store_shown(meeting, shown)
    meeting.made_settings = meeting.shown_settings
    meeting.failure = meeting.failure_words = None
    hosting.note_meeting_made(call, shown)
    if call.entry_key:
        # Entries on which it was requested elsewhere are no longer needed.
        entries.arrange(interview)
    else:
        entries.request_if_any(interview.id)
    orphans.search_later(meeting)
    what, where = meeting_of(meeting.software), f"on {possessive(host.name)} account"
    was_found = f"{what} found {where}. It had been made after the backup"
    note(interview.id, was_found if call.is_assumed else f"{what} created {where}")
    _note_fallback(meeting, host)
    if not _is_awaited(meeting, interview):
        # The team changed its mind during the call: the meeting is removed next.
        wanting.enqueue_sync(interview.id)
        return
    looks.look_in_turn(meeting)
    if meeting.passcode_was_refused:
        _note_refused_passcode(meeting)
    account_rules.tell_scheduler(meeting, rules)
    if was_settled:
        raise_revision(interview, RevisionReason.LINK_CAME_LATE)
        queue.send_corrected_invitations(interview, rules)
        alarms.sound_all_clear(meeting, rules)
    else:
        queue.release_invitations(interview)


def _note_fallback(meeting: Meeting, host: User) -> None:
    """Record why the meeting is not on the account that the team was told would host."""
    why = passed_over(meeting)
    if why:
        note(meeting.interview_id, f"The meeting is on {possessive(host.name)} account instead. {why}")


def record_adopted(call_id: int, shown: ShownMeeting, rules: Rules) -> None:
    """A meeting left by a create with a lost answer was found while the interview had none, so it becomes the
    interview's meeting. The team may have changed the interview since that call.
    """
    record_created(call_id, shown, rules)
    wanting.enqueue_sync(db.session.get_one(MeetingCall, call_id).meeting.interview_id)


def record_updated(call_id: int, shown: ShownMeeting, rules: Rules, *, passcode: str | None) -> None:
    """The meeting was changed and read back. `passcode` is the one that was asked for, if any."""
    call, meeting = _locked(call_id)
    call.state, call.failure, call.failure_words = CallState.DONE, None, None
    meeting.failure = meeting.failure_words = None
    meeting.overrules_host = False
    if passcode is not None and shown.passcode != passcode:
        meeting.passcode_was_refused = True
        _note_refused_passcode(meeting)
    note(meeting.interview_id, f"{_what_changes(meeting)} updated")
    _show_again(meeting, shown, rules)


def record_read_back(call_ids: Sequence[int], shown: ShownMeeting, rules: Rules) -> None:
    """The meeting was read because answers to these changes were lost. It shows which were made."""
    meeting = None
    for call_id in call_ids:
        call, meeting = _locked(call_id)
        was_made = asking.shows_what_was_asked(shown, call, meeting)
        call.state = CallState.DONE if was_made else CallState.ABSENT
        if was_made:
            note(meeting.interview_id, f"{_what_changes(meeting)} updated")
    if meeting is not None:
        _show_again(meeting, shown, rules)


def record_removed(meeting_id: int) -> None:
    """The meeting no longer exists, and is not wanted either."""
    meeting = _meeting(meeting_id)
    for call in meeting.calls:
        if call.kind is CallKind.DELETE and call.state in UNCLEAR:
            call.state, call.failure_words = CallState.DONE, None
    where = f" from {possessive(meeting.host.name)} account" if meeting.host is not None else ""
    note(meeting.interview_id, f"{meeting_of(meeting.software)} removed{where}")
    _forget_links(meeting)
    entries.request_if_any(meeting.interview_id)


def record_never_made(meeting: Meeting) -> None:
    """A meeting that is no longer wanted was never made, as far as we know, or not by us."""
    _forget_links(meeting)
    orphans.search_later(meeting)


def record_seen(meeting_id: int, shown: ShownMeeting, rules: Rules) -> None:
    """The meeting was looked at, and this is how the provider shows it, where hosts can change it."""
    meeting = _meeting(meeting_id)
    if meeting.state is not MeetingState.READY or meeting.provider_meeting_id != shown.id:
        return
    was_elsewhere = asking.is_at_another_time(meeting)
    _show_again(meeting, shown, rules)
    if asking.is_at_another_time(meeting) and not was_elsewhere:
        label = meeting.software.label
        note(meeting.interview_id, f"The {label} meeting was moved in {label}. The interview was not")


def record_gone(meeting_id: int, call_ids: Sequence[int], words: str) -> bool:
    """The provider says that a meeting to be changed or looked at does not exist. Returns whether that is
    certain. If it is, a new meeting is wanted in its place and the work is requested.
    """
    now = utc_now()
    meeting = _meeting(meeting_id)
    for call_id in call_ids:
        close_call(call_id, CallState.ABSENT, words, FailureReason.GONE)
    if meeting.state is not MeetingState.READY or not meeting.is_wanted:
        return True
    meeting.denied_at = meeting.denied_at or now
    is_certain = meeting.denied_at <= now - until_second_look(meeting)
    if is_certain:
        why = failures.words_of(FailureReason.GONE, meeting.software)
        meeting.failure, meeting.failure_words = FailureReason.GONE, why
        wanting.want_another(meeting)
        _forget_links(meeting)
        entries.request_if_any(meeting.interview_id)
        note(meeting.interview_id, f"{why} A new one is being created.")
    return is_certain


def until_second_look(meeting: Meeting) -> timedelta:
    """How long after the first denial a meeting is looked at again."""
    is_hour = leads_straight_in(meeting.interview, utc_now())
    return _SECOND_LOOK_AT_THE_HOUR if is_hour else _SECOND_LOOK


def close_call(
    call_id: int, state: CallState, words: str, failure: FailureReason | None = None
) -> MeetingCall:
    """Record what is known about one call, in the provider's or our own words. `failure` rules its account
    out as the host in this walk."""
    call = db.session.get_one(MeetingCall, call_id)
    call.state, call.failure, call.failure_words = state, failure, words[:500]
    return call


def record_entry_was_deleted(call_id: int, words: str) -> None:
    """The host had deleted the calendar entry for the meeting: a new one is made."""
    call = close_call(call_id, CallState.ABSENT, words)
    hosting.note_key_used_up(call)


def record_not_made_on_entry(call_id: int, provider_entry_id: str | None, is_spoiled: bool) -> None:
    """The account makes no such meetings. `provider_entry_id`: the entry that is there without one, made by
    this call or before; None: there is none. `is_spoiled`: it has a meeting of another kind."""
    call, meeting = _locked(call_id)
    hosting.hold_interview(meeting.interview_id)
    hosting.note_no_meeting(call, provider_entry_id)
    entry = hosting.entry_of_key(call.entry_key)
    if is_spoiled and entry is not None and entry.is_wanted:
        entries.replace(entry)


def record_account_ruled_out(call_id: int) -> None:
    """The meeting will not be made with this call's account in this round: an entry that only existed for it
    is not needed."""
    call, meeting = _locked(call_id)
    if call.entry_key:
        entries.arrange(hosting.hold_interview(meeting.interview_id))


def record_meeting_stays(call_id: int, words: str) -> None:
    """A meeting cannot be taken off its calendar entry: both are removed, and the owner gets a new entry."""
    call = close_call(call_id, CallState.ABSENT, words)
    hosting.hold_interview(_meeting(call.meeting_id).interview_id)
    entry = hosting.entry_of(call.meeting)
    if entry is not None and entry.is_wanted:
        entries.replace(entry)
    entries.request_if_any(call.meeting.interview_id)


def record_passcode_refused(call_id: int, words: str) -> None:
    """The account's rules refuse the passcode: the provider's own is used from now on. Not a failure."""
    call = close_call(call_id, CallState.ABSENT, words)
    call.meeting.passcode_was_refused = True
    if call.kind is CallKind.UPDATE:
        _note_refused_passcode(call.meeting)


def record_not_found(call_ids: Sequence[int]) -> None:
    """Looked for and not found so far: create it again. The orphan is looked for again later, unless it could
    only have been made before the restore."""
    for call_id in call_ids:
        call = db.session.get_one(MeetingCall, call_id)
        call.checks += 1
        call.state = CallState.ABSENT if call.is_assumed else CallState.UNKNOWN


def record_look_up_refused(call_ids: Sequence[int], reason: FailureReason, words: str) -> None:
    """This account cannot be asked what earlier calls did, so the next host is asked in the same round.

    The calls stay unclear, since they may have made a meeting.
    """
    for call_id in call_ids:
        call = close_call(call_id, CallState.UNKNOWN, words, reason)
        call.walk = call.meeting.walk
        if call.is_assumed and call.checks == 0:
            _note_not_looked_at(call)


def _note_not_looked_at(call: MeetingCall) -> None:
    """After a restore: we could not look for what the original may have made on this account. Recorded
    once."""
    whose = possessive(db.session.get_one(User, call.host_id).name)
    words = (
        f"A {meeting_of(call.meeting.software)} for this interview may have been made after the backup. "
        f"{whose} account couldn't be asked"
    )
    note_once(call.meeting.interview_id, words)


def record_failed(meeting_id: int, reason: FailureReason, detail: str | None, rules: Rules) -> Meeting | None:
    """The wanted state cannot be reached for now. Returns the meeting, or None when there is nothing left to
    do with it. If it has not been made yet, people are invited without a link, once, and the next attempt
    asks every host again. If it is ready, it keeps its link; that it could not be changed or removed is
    recorded once for each reason.
    """
    meeting = _meeting(meeting_id)
    if meeting.state is MeetingState.REMOVED:
        return None
    words = failures.words_of(reason, meeting.software, detail, failures.doing_to(meeting))
    is_first = meeting.state is MeetingState.WAITING
    is_news = is_first or meeting.failure != reason
    meeting.failure, meeting.failure_words = reason, words[:500]
    if meeting.state is MeetingState.READY:
        if is_news:
            note(meeting.interview_id, f"{not_done_yet(meeting)}: {words}")
        return meeting
    meeting.state, meeting.settled_at = MeetingState.FAILED, meeting.settled_at or utc_now()
    meeting.walk += 1
    if is_news:
        note(meeting.interview_id, f"No {meeting_of(meeting.software)}: {words}")
    if is_first:
        queue.release_invitations(meeting.interview)
        entries.request_if_any(meeting.interview_id)
    alarms.raise_alarm(meeting, reason, rules)
    orphans.search_later(meeting)
    return meeting


def not_done_yet(meeting: Meeting) -> str:
    """What still has to be done with an existing meeting, as the beginning of a sentence."""
    if not meeting.is_wanted:
        return f"The {meeting_of(meeting.software)} hasn't been removed yet"
    if lives_on_entry(meeting.software):
        return f"The calendar entry with the {meeting_of(meeting.software)} hasn't been updated yet"
    return f"The {meeting_of(meeting.software)} hasn't been updated yet"


def _what_changes(meeting: Meeting) -> str:
    """What changes with the interview. A link on a calendar entry stays the same."""
    what = meeting_of(meeting.software)
    return f"Calendar entry with the {what}" if lives_on_entry(meeting.software) else what


def record_left_without_link(meeting_id: int, rules: Rules) -> None:
    """The invitation went out while the meeting was still being made. People have been told so, and the
    meeting counts as settled. The reason is whatever has happened so far, which may be nothing.
    """
    lost = [call for call in _meeting(meeting_id).calls if call.kind is CallKind.CREATE]
    reason = FailureReason.UNREACHABLE if lost else FailureReason.NOT_ASKED_YET
    record_failed(meeting_id, reason, lost[-1].failure_words if lost else None, rules)


def _locked(call_id: int) -> tuple[MeetingCall, Meeting]:
    call = db.session.get_one(MeetingCall, call_id)
    return call, _meeting(call.meeting_id)


def _meeting(meeting_id: int) -> Meeting:
    # Always lock the meeting first and its mails afterwards: `tasks.mails` uses this order too.
    return db.session.get_one(Meeting, meeting_id, with_for_update=True, populate_existing=True)


def _is_awaited(meeting: Meeting, interview: Interview) -> bool:
    return meeting.is_wanted and interview.status == InterviewStatus.SCHEDULED


def _show_again(meeting: Meeting, shown: ShownMeeting, rules: Rules) -> None:
    """Store what the provider shows of a meeting that people have been invited to."""
    is_new_link = meeting.join_url != shown.join_url or meeting.passcode != shown.passcode
    _store_shown(meeting, shown)
    if is_new_link and _is_awaited(meeting, meeting.interview):
        # With a new passcode, and of course with a new link, the old link in people's mailboxes no longer
        # works.
        raise_revision(meeting.interview, RevisionReason.LINK_CHANGED)
        queue.send_corrected_invitations(meeting.interview, rules)
        entries.request_if_any(meeting.interview_id)


def _store_shown(meeting: Meeting, shown: ShownMeeting) -> None:
    meeting.join_url, meeting.passcode = shown.join_url, shown.passcode
    meeting.shown_topic, meeting.shown_agenda = shown.topic, shown.agenda
    meeting.shown_starts_at, meeting.shown_duration_minutes = shown.starts_at, shown.duration_minutes
    meeting.shown_timezone = shown.timezone[:64] if shown.timezone else None
    meeting.shown_settings = asdict(shown.settings)
    meeting.shown_at = meeting.looked_at = utc_now()
    meeting.denied_at = None


def _forget_links(meeting: Meeting) -> None:
    meeting.state = MeetingState.REMOVED
    meeting.join_url = meeting.passcode = None
    meeting.failure = meeting.failure_words = None


def _note_refused_passcode(meeting: Meeting) -> None:
    note(meeting.interview_id, entry.refused_passcode(meeting))
