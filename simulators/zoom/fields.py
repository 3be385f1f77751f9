"""What a create or update body may contain, and Zoom's errors for everything else.

Types, lengths and choices as in Zoom's API reference, "Create a meeting" and "Update a meeting". Stricter
than Zoom in one point: a key that is not listed here is refused, so that a misspelled setting, which Zoom
silently drops, is noticed. Fields that a one-off interview never needs, such as recurrence, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from simulators.zoom.people import Person

START_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?")
PASSCODE = re.compile(r"[A-Za-z0-9@_*\-]{1,10}")

# IANA names known to be missing from Zoom's own list. What Zoom does with them is not documented; the
# simulator refuses them, because a client that sends them has not mapped its zones.
NOT_ZOOM_ZONES = frozenset(
    {
        "America/Boise",
        "America/Detroit",
        "America/Toronto",
        "Africa/Lagos",
        "Asia/Colombo",
        "Asia/Ho_Chi_Minh",
        "Asia/Karachi",
        "Asia/Yangon",
        "Australia/Melbourne",
        "Etc/UTC",
        "Europe/Kyiv",
        "GMT",
    }
)


@dataclass(frozen=True)
class Rule:
    """What one field accepts: a JSON type, and bounds for it."""

    type: type[Any]
    longest: int | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[Any, ...] = ()

    def broken_by(self, value: Any) -> str | None:
        """What is wrong with `value`, in Zoom's words, or None."""
        # A JSON true is an int to Python, never to Zoom.
        if not isinstance(value, self.type) or (self.type is int and isinstance(value, bool)):
            return "Invalid field."
        if self.longest is not None and len(value) > self.longest:
            return f"The value is too long; at most {self.longest} characters."
        if self.least is not None and not self.least <= value <= (self.most or value):
            return f"The value must be between {self.least} and {self.most}."
        if self.choices and value not in self.choices:
            return f"Invalid field. Allowed values: {', '.join(str(choice) for choice in self.choices)}."
        return None


FLAG = Rule(bool)

MEETING: dict[str, Rule] = {
    "topic": Rule(str, longest=200),
    "agenda": Rule(str, longest=2000),
    "type": Rule(int, choices=(1, 2, 3, 8, 10)),
    "start_time": Rule(str),
    "duration": Rule(int, least=1, most=1440),
    "timezone": Rule(str),
    "password": Rule(str, longest=10),
    "default_password": FLAG,
    "pre_schedule": FLAG,
    "settings": Rule(dict),
}

SETTINGS: dict[str, Rule] = {
    "allow_multiple_devices": FLAG,
    "alternative_hosts": Rule(str),
    "alternative_hosts_email_notification": FLAG,
    "approval_type": Rule(int, choices=(0, 1, 2)),
    "audio": Rule(str, choices=("both", "telephony", "voip", "thirdParty")),
    "auto_recording": Rule(str, choices=("none", "local", "cloud")),
    "auto_start_ai_companion_questions": FLAG,
    "auto_start_meeting_summary": FLAG,
    "calendar_type": Rule(int, choices=(1, 2)),
    "email_notification": FLAG,
    "encryption_type": Rule(str, choices=("enhanced_encryption", "e2ee")),
    "focus_mode": FLAG,
    "host_video": FLAG,
    "jbh_time": Rule(int, choices=(0, 5, 10, 15)),
    "join_before_host": FLAG,
    "meeting_authentication": FLAG,
    "mute_upon_entry": FLAG,
    "participant_video": FLAG,
    "private_meeting": FLAG,
    "push_change_to_calendar": FLAG,
    "show_share_button": FLAG,
    "use_pmi": FLAG,
    "waiting_room": FLAG,
    "watermark": FLAG,
}


def broken_fields(body: Mapping[str, Any], person: Person, *, updating: bool) -> list[tuple[str, str]]:
    """(field, what is wrong) for everything in `body` that Zoom would refuse from this host."""
    broken = list(_broken(body, MEETING, ""))
    if updating and "default_password" in body:
        broken.append(("default_password", "Unknown field."))
    if isinstance(body.get("settings"), dict):
        broken += _broken(body["settings"], SETTINGS, "settings.")
    said = {field for field, _ in broken}
    start_time = body.get("start_time")
    if "start_time" in body and "start_time" not in said and not START_TIME.fullmatch(start_time or ""):
        # The schema says date-time, the text says …ssZ or local time without an offset; the text is right.
        broken.append(("start_time", "Invalid field. Use yyyy-MM-ddTHH:mm:ssZ or yyyy-MM-ddTHH:mm:ss."))
    zone = body.get("timezone")
    if "timezone" in body and "timezone" not in said and not is_zoom_zone(zone or ""):
        broken.append(("timezone", "Invalid field. The time zone is not on Zoom's list."))
    password = body.get("password")
    if password and "password" not in said:
        broken += _broken_passcode(password, person)
    return broken


def is_zoom_zone(name: str) -> bool:
    """Whether Zoom accepts the zone, as far as is known: an IANA name that is not known to be missing."""
    return name in _iana_names() and name not in NOT_ZOOM_ZONES


@cache
def _iana_names() -> frozenset[str]:
    """The IANA names, read once: listing the zones walks a folder of some 600 files."""
    return frozenset(available_timezones())


def _broken(body: Mapping[str, Any], rules: Mapping[str, Rule], prefix: str) -> list[tuple[str, str]]:
    broken = []
    for name, value in body.items():
        problem = rules[name].broken_by(value) if name in rules else "Unknown field."
        if problem:
            broken.append((prefix + name, problem))
    return broken


def _broken_passcode(password: str, person: Person) -> list[tuple[str, str]]:
    """How a passcode breaks the account's policy. Zoom's wording for a refused passcode is not documented."""
    if not PASSCODE.fullmatch(password):
        return [("password", "Passcode may only contain the following characters: [a-z A-Z 0-9 @ - _ *].")]
    has_letter = any(character.isalpha() for character in password)
    has_digit = any(character.isdigit() for character in password)
    if person.strict_passcodes and (len(password) < 8 or not has_letter or not has_digit):
        return [("password", "Passcode must have at least 8 characters, with a letter and a number.")]
    return []
