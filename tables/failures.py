"""Why a provider could not do something."""

from __future__ import annotations

from enum import StrEnum


class FailureReason(StrEnum):
    """Why there is no meeting, or why it or a calendar entry could not be changed.
    `scheduling.meetings.failures` and `scheduling.calendars.failures` have the words for each."""

    NOT_CONNECTED = "not_connected"
    RECONNECT_NEEDED = "reconnect_needed"
    SCOPES_MISSING = "scopes_missing"
    RATE_LIMITED = "rate_limited"
    DAILY_LIMIT = "daily_limit"
    NOT_ALLOWED = "not_allowed"
    CREDENTIALS = "credentials"
    NOT_SET_UP = "not_set_up"
    UNREACHABLE = "unreachable"
    # The invitation had to leave before the provider was asked at all: this server was stopped or busy.
    NOT_ASKED_YET = "not_asked_yet"
    REFUSED = "refused"
    # The provider has accepted it and is still making it.
    NOT_READY = "not_ready"
    # The provider says that the meeting no longer exists: someone deleted it there.
    GONE = "gone"
