"""The software of online meetings."""

from __future__ import annotations

from enum import StrEnum


class MeetingSoftware(StrEnum):
    ZOOM = "zoom"
    GOOGLE_MEET = "google_meet"
    TEAMS = "teams"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _SOFTWARE_LABELS[self]


_SOFTWARE_LABELS = {
    MeetingSoftware.ZOOM: "Zoom",
    MeetingSoftware.GOOGLE_MEET: "Google Meet",
    MeetingSoftware.TEAMS: "Microsoft Teams",
    MeetingSoftware.OTHER: "Other",
}
