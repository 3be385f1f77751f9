"""Why there is no meeting, and what helps: the words for each reason, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models import FailureReason as R
from models import Meeting, MeetingSoftware, MeetingState
from scheduling.software import spec_of


@dataclass(frozen=True)
class Cure:
    """What a person can do. `action` names the button, or is None where only waiting helps."""

    words: str
    action: str | None = None


_WORDS = {
    R.NOT_CONNECTED: "No one who can host has connected {software}.",
    R.RECONNECT_NEEDED: "The connection to {software} has ended.",
    R.SCOPES_MISSING: "{software} was connected without all the permissions we need.",
    R.RATE_LIMITED: "{software} isn't taking any more requests right now.",
    R.DAILY_LIMIT: "The host's account has reached {software}'s daily limit.",
    R.NOT_ALLOWED: "The host's {software} account isn't allowed to create this meeting.",
    R.CREDENTIALS: "{software} does not accept this server's credentials.",
    R.NOT_SET_UP: "{software} is not set up on this server.",
    R.UNREACHABLE: "{software} did not answer in time.",
    R.NOT_ASKED_YET: "{software} hadn't been asked for the meeting yet when the invitation had to go out.",
    R.REFUSED: "{software} refused the meeting.",
    R.GONE: "The {software} meeting no longer exists: someone deleted it in {software}.",
}

_CURES = {
    R.NOT_CONNECTED: Cure(
        "Connect {software} in Settings → Account → Connected Apps and we'll send the link.", "Connect"
    ),
    R.RECONNECT_NEEDED: Cure("Reconnect it in Settings → Account → Connected Apps.", "Reconnect"),
    R.SCOPES_MISSING: Cure("Reconnect to grant the updated permissions.", "Reconnect"),
    R.RATE_LIMITED: Cure("Wait a few minutes. We'll try again automatically."),
    R.DAILY_LIMIT: Cure("We'll try again after {reset}, when the count starts over."),
    R.NOT_ALLOWED: Cure("Connect another account, or check this one's plan.", "Connected Apps"),
    R.CREDENTIALS: Cure("The administrator has to check {settings}."),
    R.NOT_SET_UP: Cure("The administrator has to set {settings}."),
    R.UNREACHABLE: Cure("Nothing to do: we'll keep trying and send the link when it's ready."),
    R.NOT_ASKED_YET: Cure("Nothing to do: we'll send the link when it's ready."),
    R.REFUSED: Cure("Check the interview's details. We'll keep trying."),
    R.GONE: Cure("We'll create a new one and send its link to everyone."),
}


# What the call that failed says about these is the whole story; another sentence would name another cause.
_SAID_BY_THE_CALL = frozenset({R.UNREACHABLE, R.RATE_LIMITED, R.REFUSED})


def words_of(reason: R, software: MeetingSoftware, detail: str | None = None) -> str:
    """What happened, for the page. `detail` is what the call that failed has to say, in a sentence."""
    if detail and reason in _SAID_BY_THE_CALL:
        return detail
    words = _WORDS[reason].format(software=software.label)
    return f"{words} {detail}" if detail and detail not in words else words


def told_of(meeting: Meeting) -> str:
    """What happened, for people, while this meeting could not be made; "" for any other meeting."""
    if meeting.state != MeetingState.FAILED or meeting.failure is None:
        return ""
    return meeting.failure_words or words_of(meeting.failure, meeting.software)


def cure_of(reason: R, software: MeetingSoftware) -> Cure:
    """What someone can do about this reason, for a meeting of this software."""
    cure, spec = _CURES[reason], spec_of(software)
    reset = spec.daily_limit.resets_in_words if spec.daily_limit is not None else "the end of the day"
    words = cure.words.format(software=software.label, settings=spec.settings_in_words, reset=reset)
    return replace(cure, words=words)
