"""Why a meeting could not be created, changed, or deleted, and what helps: the words for each reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from models import FailureReason as R
from models import Meeting, MeetingSoftware, MeetingState
from scheduling.software import meeting_of, spec_of


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
    R.NOT_CONNECTED: "No one who can host has connected {app}.",
    R.RECONNECT_NEEDED: "The connection to {app} has ended.",
    R.SCOPES_MISSING: "{app} was connected without all the permissions we need.",
    R.RATE_LIMITED: "{provider} isn't taking any more requests right now.",
    R.DAILY_LIMIT: "The host's account has reached {provider}'s daily limit.",
    R.NOT_ALLOWED: "The host's {provider} account isn't allowed to create this meeting.",
    R.CREDENTIALS: "{provider} doesn't accept this server's credentials.",
    R.NOT_SET_UP: "{app} isn't set up on this server.",
    R.UNREACHABLE: "{provider} didn't answer in time.",
    R.NOT_ASKED_YET: "{provider} hadn't been asked for the meeting yet when the invitation had to go out.",
    R.REFUSED: "{provider} refused the meeting.",
    R.NOT_READY: "{provider} is still making the link, which takes longer than usual.",
    R.GONE: "The {meeting} no longer exists: someone deleted it in {app}.",
}
# If the meeting exists, and could not be changed or deleted.
_WORDS_FOR_EXISTING = {
    R.NOT_CONNECTED: "The {provider} account that hosts this meeting isn't connected.",
    R.NOT_ALLOWED: "The host's {provider} account isn't allowed to {do} this meeting.",
    R.REFUSED: "{provider} refused to {do} the meeting.",
}

_CURES = {
    R.NOT_CONNECTED: Cure("Connect {app} in Settings → Connected Apps and we'll send the link.", "Connect"),
    R.RECONNECT_NEEDED: Cure("Reconnect it in Settings → Connected Apps.", "Reconnect"),
    R.SCOPES_MISSING: Cure("Reconnect to grant the updated permissions.", "Reconnect"),
    R.RATE_LIMITED: Cure("Wait a few minutes. We'll try again automatically."),
    R.DAILY_LIMIT: Cure("We'll try again after {reset}, when the count starts over."),
    R.NOT_ALLOWED: Cure("Connect another account, or check this one's plan.", "Connected Apps"),
    R.CREDENTIALS: Cure("The administrator has to check {settings}."),
    R.NOT_SET_UP: Cure("The administrator has to set {settings}."),
    R.UNREACHABLE: Cure("Nothing to do: we'll keep trying and send the link when it's ready."),
    R.NOT_ASKED_YET: Cure("Nothing to do: we'll send the link when it's ready."),
    R.REFUSED: Cure("Check the interview's details. We'll keep trying."),
    R.NOT_READY: Cure("Nothing to do: we'll send the link when it's ready."),
    R.GONE: Cure("We'll create a new one and send its link to everyone."),
}
_CURES_FOR_EXISTING = {
    R.NOT_CONNECTED: Cure(
        "Connect that account in Settings → Connected Apps, or {do} the meeting in {app}.",
        "Connect",
    ),
    R.NOT_ALLOWED: Cure("Check that account's plan, or {do} the meeting in {app}.", "Connected Apps"),
    R.UNREACHABLE: Cure("Nothing to do: we'll keep trying."),
    R.REFUSED: Cure("We'll keep trying. You can also {do} the meeting in {app}."),
}
# Where the provider doesn't say when its count starts over.
_WORDS_OF_UNKNOWN_LIMIT = "The host's account has reached a limit at {provider} for now."
_CURE_OF_UNKNOWN_LIMIT = Cure("We'll try again in a few hours.")


def reasons_of(software: MeetingSoftware) -> tuple[R, ...]:
    """The reasons that can occur with this software."""
    is_made_later = spec_of(software).lives_on_entry
    return tuple(reason for reason in R if reason is not R.NOT_READY or is_made_later)


def doing_to(meeting: Meeting) -> Doing:
    """What has to be done with a meeting that is not as wanted."""
    if not meeting.is_wanted:
        return Doing.DELETE
    return Doing.CHANGE if meeting.state is MeetingState.READY else Doing.CREATE


def words_of(
    reason: R, software: MeetingSoftware, detail: str | None = None, doing: Doing = Doing.CREATE
) -> str:
    """What happened, for the page. `detail` is what the provider said, or whose account could not be used and
    why, in full sentences: it says more than the reason alone, and one explanation is enough."""
    if detail:
        return detail
    words = _WORDS[reason] if doing is Doing.CREATE else _WORDS_FOR_EXISTING.get(reason, _WORDS[reason])
    if reason is R.DAILY_LIMIT and spec_of(software).daily_limit is None:
        words = _WORDS_OF_UNKNOWN_LIMIT
    return words.format(**_names(software), do=doing)


def told_of(meeting: Meeting) -> str:
    """What happened, for people, while this meeting could not be made; "" for any other meeting."""
    if meeting.state != MeetingState.FAILED or meeting.failure is None:
        return ""
    return meeting.failure_words or words_of(meeting.failure, meeting.software)


def cure_of(reason: R, software: MeetingSoftware, doing: Doing = Doing.CREATE) -> Cure:
    """What someone can do about this reason, for a meeting of this software."""
    cure = _CURES[reason] if doing is Doing.CREATE else _CURES_FOR_EXISTING.get(reason, _CURES[reason])
    spec = spec_of(software)
    if reason is R.DAILY_LIMIT and spec.daily_limit is None:
        cure = _CURE_OF_UNKNOWN_LIMIT
    reset = spec.daily_limit.resets_in_words if spec.daily_limit is not None else ""
    words = cure.words.format(**_names(software), settings=spec.settings_in_words, reset=reset, do=doing)
    return replace(cure, words=words)


def _names(software: MeetingSoftware) -> dict[str, str]:
    """What the sentences call the account: Google Calendar is connected, and the Google account has the Meet
    link."""
    spec = spec_of(software)
    return {
        "meeting": meeting_of(software),
        "software": spec.label,
        "app": spec.app_label,
        "provider": spec.provider_label,
    }
