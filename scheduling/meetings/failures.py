"""Why a meeting could not be created, changed, or deleted, and what helps: the words for each reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from models import FailureReason as R
from models import Meeting, MeetingSoftware, MeetingState
from scheduling.software import spec_of


class Doing(StrEnum):
    """What was to be done with a meeting."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


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
    R.CREDENTIALS: "{software} doesn't accept this server's credentials.",
    R.NOT_SET_UP: "{software} isn't set up on this server.",
    R.UNREACHABLE: "{software} didn't answer in time.",
    R.NOT_ASKED_YET: "{software} hadn't been asked for the meeting yet when the invitation had to go out.",
    R.REFUSED: "{software} refused the meeting.",
    R.GONE: "The {software} meeting no longer exists: someone deleted it in {software}.",
}
# Where the meeting exists, and what could not be done is to change or delete it.
_WORDS_FOR_EXISTING = {
    R.NOT_CONNECTED: "The {software} account that hosts this meeting isn't connected.",
    R.NOT_ALLOWED: "The host's {software} account isn't allowed to {do} this meeting.",
    R.REFUSED: "{software} refused to {do} the meeting.",
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
_CURES_FOR_EXISTING = {
    R.NOT_CONNECTED: Cure(
        "Connect that account in Settings → Account → Connected Apps, or {do} the meeting in {software}.",
        "Connect",
    ),
    R.NOT_ALLOWED: Cure("Check that account's plan, or {do} the meeting in {software}.", "Connected Apps"),
    R.UNREACHABLE: Cure("Nothing to do: we'll keep trying."),
    R.REFUSED: Cure("We'll keep trying. You can also {do} the meeting in {software}."),
}


def doing_to(meeting: Meeting) -> Doing:
    """What is to be done with a meeting that is not as it is wanted."""
    if not meeting.is_wanted:
        return Doing.DELETE
    return Doing.CHANGE if meeting.state is MeetingState.READY else Doing.CREATE


def words_of(
    reason: R, software: MeetingSoftware, detail: str | None = None, doing: Doing = Doing.CREATE
) -> str:
    """What happened, for the page. `detail` is what the provider said, or whose account could not be used
    and why, in sentences of its own: it says more than the reason alone, and one explanation is enough."""
    if detail:
        return detail
    words = _WORDS[reason] if doing is Doing.CREATE else _WORDS_FOR_EXISTING.get(reason, _WORDS[reason])
    return words.format(software=software.label, do=doing)


def told_of(meeting: Meeting) -> str:
    """What happened, for people, while this meeting could not be made; "" for any other meeting."""
    if meeting.state != MeetingState.FAILED or meeting.failure is None:
        return ""
    return meeting.failure_words or words_of(meeting.failure, meeting.software)


def cure_of(reason: R, software: MeetingSoftware, doing: Doing = Doing.CREATE) -> Cure:
    """What someone can do about this reason, for a meeting of this software."""
    cure = _CURES[reason] if doing is Doing.CREATE else _CURES_FOR_EXISTING.get(reason, _CURES[reason])
    spec = spec_of(software)
    reset = spec.daily_limit.resets_in_words if spec.daily_limit is not None else "the end of the day"
    words = cure.words.format(software=software.label, settings=spec.settings_in_words, reset=reset, do=doing)
    return replace(cure, words=words)
