"""What the card of an existing meeting shows beyond its link: how the meeting differs from what the team
chose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from models import Meeting, MeetingState
from scheduling.meetings import asking, entry, failures, looks, recording, wanting


@dataclass(frozen=True)
class MeetingCard:
    """`passcode_note` is shown beside the passcode; `entry_notes` say how people get in, if the account has
    settings of its own. `moved_to` is the start (aware UTC) and the length in minutes that the provider
    shows, where they are not the interview's. `problem` is what could not be changed so far, with what helps
    (`cure`) and the next attempt (aware UTC; None if there is none). `is_looked_at`: the provider is being
    asked about the meeting at this moment. `mark` changes with the link and the passcode."""

    passcode_note: str | None
    entry_notes: tuple[str, ...]
    moved_to: tuple[datetime, int | None] | None
    problem: str | None
    cure: str | None
    next_try: datetime | None
    is_looked_at: bool
    mark: str


def card_of(meeting: Meeting | None) -> MeetingCard | None:
    """What to say about a meeting; None unless it exists on someone's account."""
    if meeting is None or meeting.state is not MeetingState.READY or meeting.host_id is None:
        return None
    problem, cure, next_try = _what_is_not_done(meeting)
    is_elsewhere = problem is None and asking.is_at_another_time(meeting)
    return MeetingCard(
        passcode_note=entry.refused_passcode(meeting) or None,
        entry_notes=tuple(rule.to_team for rule in entry.entry_rules(meeting)),
        moved_to=(meeting.shown_starts_at, meeting.shown_duration_minutes)
        if is_elsewhere and meeting.shown_starts_at is not None
        else None,
        problem=problem,
        cure=cure,
        next_try=next_try,
        is_looked_at=looks.is_under_way(meeting),
        mark=hashlib.sha256(f"{meeting.join_url} {meeting.passcode}".encode()).hexdigest()[:16],
    )


def not_removed(meeting: Meeting) -> tuple[str, str | None] | None:
    """Why a meeting that is no longer wanted could not be deleted, and what helps; None if nothing is
    wrong."""
    if meeting.is_wanted or meeting.state is not MeetingState.READY:
        return None
    problem, cure, _ = _what_is_not_done(meeting)
    return (problem, cure) if problem is not None else None


def _what_is_not_done(meeting: Meeting) -> tuple[str | None, str | None, datetime | None]:
    if meeting.failure is None:
        return None, None, None
    doing = failures.doing_to(meeting)
    words = meeting.failure_words or failures.words_of(meeting.failure, meeting.software, doing=doing)
    cure = failures.cure_of(meeting.failure, meeting.software, doing)
    return f"{recording.not_done_yet(meeting)}. {words}", cure.words, wanting.next_try_at(meeting)
