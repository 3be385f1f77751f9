"""Zoom's meetings and users as JSON: what is sent, and how the answers are read.

Source: Zoom API reference, "Create a meeting", "Update a meeting", "Get a meeting", "List
meetings", "Get a user".
`start_url` is never read: it carries the host's own key.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from providers.answers import (
    UnusableAnswerError,
    optional_count,
    optional_instant,
    optional_text,
    optional_whole_number,
    required_instant,
    required_link,
    required_text,
)
from providers.base import (
    Account,
    ListedMeeting,
    Meeting,
    MeetingChange,
    MeetingRequest,
    MeetingSettings,
    Plan,
)
from providers.zoom.timezones import zoom_timezone

SCHEDULED = 2
MAX_TOPIC = 200
MAX_AGENDA = 2000
# Beyond these an answer makes no sense. Zoom's own limits are far below, where it has any.
MAX_MINUTES = 7 * 24 * 60
MAX_PASSCODE = 64
MAX_ACCOUNT_ID = 128
MAX_EMAIL = 254
MAX_NAME = 160
PLANS: dict[int | None, Plan] = {1: "basic", 2: "licensed"}

# How far Zoom's clock may be behind ours before a meeting made just now counts as made before. It also covers
# that Zoom gives whole seconds. A margin that is too wide does no harm: start, length, topic and agenda have
# to match as well.
CLOCK_DIFFERENCE = timedelta(minutes=2)


# How people get in.
ENTRY_SETTINGS: dict[str, Any] = {
    "join_before_host": True,
    "jbh_time": 0,
    # A waiting room switches joining before the host off.
    "waiting_room": False,
    # Candidates need no Zoom account.
    "meeting_authentication": False,
    "auto_recording": "none",
}


def create_body(request: MeetingRequest) -> dict[str, Any]:
    """Return the body that makes the meeting exactly as the product promises it.

    Whatever is left out would follow the host's own defaults, so each setting that matters is sent even where
    Zoom's default is the same. `schedule_for` is not used: the meeting is made with the grant of the person
    who hosts it.
    """
    body: dict[str, Any] = {
        "type": SCHEDULED,
        "topic": _cut(request.topic, MAX_TOPIC),
        "agenda": _cut(request.agenda, MAX_AGENDA),
        "start_time": _start_time(request.starts_at),
        "duration": request.duration_minutes,
        "timezone": zoom_timezone(request.timezone, request.starts_at),
        "settings": {
            **ENTRY_SETTINGS,
            "host_video": True,
            "participant_video": True,
            "mute_upon_entry": False,
            "audio": "both",
            # Users may have their personal meeting room as the default, and then every interview would share
            # one link.
            "use_pmi": False,
            # No one has asked the candidate whether software may summarize the conversation.
            "auto_start_meeting_summary": False,
            "auto_start_ai_companion_questions": False,
        },
    }
    # Zoom insists on a passcode or a waiting room, and turns on the waiting room if there is neither.
    if request.passcode:
        body["password"] = request.passcode
    else:
        body["default_password"] = True
    return body


def update_body(change: MeetingChange, now: datetime) -> dict[str, Any]:
    """Return the body that changes what `change` names, and nothing that the host may have set in Zoom.

    now: the current instant, whose year decides which listed zone has the clock of `change.timezone` if the
    change names no start.
    """
    body: dict[str, Any] = {}
    if change.topic is not None:
        body["topic"] = _cut(change.topic, MAX_TOPIC)
    if change.agenda is not None:
        body["agenda"] = _cut(change.agenda, MAX_AGENDA)
    if change.starts_at is not None:
        body["start_time"] = _start_time(change.starts_at)
    if change.duration_minutes is not None:
        body["duration"] = change.duration_minutes
    if change.timezone is not None:
        body["timezone"] = zoom_timezone(change.timezone, change.starts_at or now)
    if change.passcode is not None:
        body["password"] = change.passcode
    if change.entry:
        body["settings"] = dict(ENTRY_SETTINGS)
    return body


def meeting_in(answer: dict[str, Any]) -> Meeting:
    """Return the meeting in an answer. Raises UnusableAnswerError without a usable id, join link or start."""
    return Meeting(
        id=id_in(answer),
        join_url=required_link(answer, "join_url"),
        passcode=_passcode_in(answer),
        starts_at=required_instant(answer, "start_time"),
        duration_minutes=optional_count(answer, "duration", MAX_MINUTES),
        topic=optional_text(answer, "topic"),
        agenda=optional_text(answer, "agenda"),
        created_at=optional_instant(answer, "created_at"),
        host_account_id=optional_text(answer, "host_id") or None,
        timezone=optional_text(answer, "timezone") or None,
        settings=_settings_in(answer.get("settings")),
    )


def listed_in(entry: dict[str, Any]) -> ListedMeeting | None:
    """Return an entry of the list of meetings; None for one that cannot be used."""
    try:
        return ListedMeeting(
            id=id_in(entry),
            join_url=required_link(entry, "join_url"),
            topic=optional_text(entry, "topic"),
            starts_at=required_instant(entry, "start_time"),
            duration_minutes=optional_count(entry, "duration", MAX_MINUTES),
        )
    except UnusableAnswerError:
        return None


def _passcode_in(answer: dict[str, Any]) -> str | None:
    """Return the passcode; None if there is none. Zoom's have ten characters at most: what is much longer is
    none, and part of it would open nothing."""
    passcode = optional_text(answer, "password")
    return passcode if 0 < len(passcode) <= MAX_PASSCODE else None


def _settings_in(settings: object) -> MeetingSettings:
    """Return how people get in. The list of meetings has no settings, and old editions lack single ones."""
    if not isinstance(settings, dict):
        return MeetingSettings()
    recording = optional_text(settings, "auto_recording")
    return MeetingSettings(
        waiting_room=_flag(settings, "waiting_room"),
        join_before_host=_flag(settings, "join_before_host"),
        sign_in_required=_flag(settings, "meeting_authentication"),
        auto_recording=recording != "none" if recording else None,
    )


def _flag(answer: dict[str, Any], name: str) -> bool | None:
    value = answer.get(name)
    return value if isinstance(value, bool) else None


def id_in(answer: dict[str, Any]) -> str:
    """Return a meeting's id, a number that some of Zoom's answers send as text."""
    number = optional_whole_number(answer, "id")
    text = optional_text(answer, "id") if number is None else str(number)
    if not is_meeting_id(text):
        raise UnusableAnswerError("id")
    return text


def is_meeting_id(text: str) -> bool:
    """Tell whether a text looks like a meeting id, and so may become part of an address."""
    return text.isascii() and text.isdigit() and len(text) <= 20


def account_in(answer: dict[str, Any]) -> Account:
    """Return the account in an answer. According to the reference everything but the type may be missing; we
    need the id.
    """
    account_id = required_text(answer, "id")
    if len(account_id) > MAX_ACCOUNT_ID:
        raise UnusableAnswerError("id")
    email = optional_text(answer, "email")
    email = email if len(email) <= MAX_EMAIL else ""
    full_name = f"{optional_text(answer, 'first_name')} {optional_text(answer, 'last_name')}".strip()
    return Account(
        id=account_id,
        email=email,
        display_name=_cut(optional_text(answer, "display_name").strip() or full_name or email, MAX_NAME),
        plan=PLANS.get(optional_whole_number(answer, "type"), "unknown"),
        timezone=optional_text(answer, "timezone") or None,
    )


def may_be(entry: dict[str, Any], request: MeetingRequest, created_since: datetime) -> bool:
    """Tell whether an entry of the list of meetings may be what `request` made; its agenda is cut short
    there.
    """
    starts_at = optional_instant(entry, "start_time")
    created_at = optional_instant(entry, "created_at")
    return (
        starts_at is not None
        and _minute(starts_at) == _minute(request.starts_at)
        and optional_whole_number(entry, "duration") == request.duration_minutes
        and _same_text(optional_text(entry, "topic"), _cut(request.topic, MAX_TOPIC))
        and (created_at is None or created_at >= created_since - CLOCK_DIFFERENCE)
    )


def has_agenda_of(meeting: Meeting, request: MeetingRequest) -> bool:
    """Tell whether the whole agenda is the one that was asked for."""
    return _same_text(meeting.agenda, _cut(request.agenda, MAX_AGENDA))


def _start_time(starts_at: datetime) -> str:
    # With "Z" the time zone beside it shifts nothing. Fractions and "+00:00" are not in the documented form.
    return starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cut(text: str, length: int) -> str:
    """Return a text in the length that Zoom accepts: a long job title must not cost the candidate the
    meeting.
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def _same_text(one: str, other: str) -> bool:
    # Line ends and outer blanks may change on the way through a form and Zoom's own editor.
    return one.split() == other.split()


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
