"""How people get into a meeting if its account has rules of its own, in words. Accounts lock some settings,
and providers overrule others without an error, so only the meeting as the provider shows it can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from models import Meeting, MeetingState


@dataclass(frozen=True)
class EntryRule:
    """One rule, in words for the team, and in words for people who only join."""

    to_team: str
    to_guests: str


def entry_rules(meeting: Meeting) -> tuple[EntryRule, ...]:
    """The rules of the account that hosts a meeting, most urgent first; none while there is no meeting, and
    none for a link that was made elsewhere."""
    if meeting.state is not MeetingState.READY or meeting.host_id is None:
        return ()
    label, shown = meeting.called, meeting.shown_settings or {}
    found = []
    if shown.get("waiting_room"):
        found.append(
            EntryRule(
                "The host's account uses a waiting room: the host has to let people in.",
                "You'll be let in by the host.",
            )
        )
    elif shown.get("join_before_host") is False:
        found.append(
            EntryRule(
                "The host's account lets no one in before the host has joined.",
                "You can join once the host has opened the meeting.",
            )
        )
    if shown.get("sign_in_required"):
        found.append(
            EntryRule(
                f"The host's account lets in only people who are signed in to {label}: tell the candidate.",
                f"You need to be signed in to {label} to join.",
            )
        )
    if shown.get("auto_recording"):
        found.append(
            EntryRule(
                "The host's account records every meeting: ask the candidate whether that's OK.",
                "The meeting is recorded automatically. If you'd rather it weren't, just say so.",
            )
        )
    return tuple(found)


# The settings that keep people out or record them, by their names in `providers.base.MeetingSettings`.
_STRICT = {"waiting_room": True, "join_before_host": False, "sign_in_required": True, "auto_recording": True}


def is_stricter_than_made(meeting: Meeting) -> bool:
    """Whether it is harder to get in than when the meeting was made, because its host has changed that on the
    provider's own pages. Settings that the account insisted on from the start cannot be changed and do not
    count."""
    made, shown = meeting.made_settings or {}, meeting.shown_settings or {}
    return any(shown.get(name) is strict and made.get(name) is not strict for name, strict in _STRICT.items())


def refused_passcode(meeting: Meeting) -> str:
    """What happened to a chosen passcode that is not used; "" if it is used, or if none was chosen."""
    if not meeting.passcode_was_refused:
        return ""
    instead = "so it made its own" if meeting.passcode else "and this meeting has none"
    return f"{meeting.software.label} didn't accept the password you chose, {instead}."
