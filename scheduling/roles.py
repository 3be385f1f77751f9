"""What someone is in an interview, in one or two words that are the same on every page."""

from __future__ import annotations

from models import ReaderRole

_WORDS = {
    ReaderRole.CANDIDATE: "Candidate",
    ReaderRole.HIRING_MANAGER: "Hiring manager",
    ReaderRole.ATTENDEE: "Interviewer",
    ReaderRole.TEAM: "Team",
}


def role_in_words(role: ReaderRole, *, is_of_the_team: bool) -> str:
    """`Candidate`, `Interviewer`, `Guest`. A guest attends without being `is_of_the_team`."""
    if role is ReaderRole.ATTENDEE and not is_of_the_team:
        return "Guest"
    return _WORDS[role]


def attendee_in_words(user_id: int | None) -> str:
    """The same for an attendee with this id on the team; None for someone from outside."""
    return role_in_words(ReaderRole.ATTENDEE, is_of_the_team=user_id is not None)
