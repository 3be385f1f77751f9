"""Errors in the shape of Google's APIs, with the reasons by which a client tells them apart.

Sources: Google's guide "Handle API errors" for Calendar, and answers quoted in public issue threads. Where
only the reason is known, the sentence is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Reason → usual status, domain, sentence.
REASONS: dict[str, tuple[int, str, str]] = {
    "invalid": (400, "global", "Invalid Value"),
    "timeRangeEmpty": (400, "calendar", "The specified time range is empty."),
    "failedPrecondition": (400, "global", "Precondition check failed."),
    "invalidArgument": (400, "global", "Request contains an invalid argument."),
    "required": (400, "global", "Required"),
    "timeRangeTooLong": (400, "calendar", "The requested time range is too long."),
    "cannotUseDefaultRemindersAndSpecifyOverride": (
        400,
        "calendar",
        "Cannot specify both default reminders and overrides at the same time.",
    ),
    "authError": (401, "global", "Invalid Credentials"),
    "forbidden": (403, "global", "Forbidden"),
    "insufficientPermissions": (403, "global", "Request had insufficient authentication scopes."),
    "userRateLimitExceeded": (403, "usageLimits", "User Rate Limit Exceeded"),
    "rateLimitExceeded": (403, "usageLimits", "Rate Limit Exceeded"),
    "quotaExceeded": (403, "usageLimits", "Calendar usage limits exceeded."),
    "dailyLimitExceeded": (403, "usageLimits", "Daily Limit Exceeded"),
    "forbiddenForNonOrganizer": (
        403,
        "calendar",
        "Shared properties can only be changed by the organizer of the event.",
    ),
    "accessNotConfigured": (
        403,
        "usageLimits",
        "Google Calendar API has not been used in project 123456789012 before or it is disabled.",
    ),
    "domainPolicy": (403, "global", "The domain administrators have disabled this service."),
    "notFound": (404, "global", "Not Found"),
    "duplicate": (409, "global", "The requested identifier already exists."),
    "conflict": (409, "global", "Conflict"),
    "deleted": (410, "global", "Resource has been deleted"),
    "fullSyncRequired": (410, "calendar", "Sync token is no longer valid, a full sync is required."),
    "updatedMinTooLongAgo": (
        410,
        "calendar",
        "The requested minimum modification time lies too far in the past.",
    ),
    "conditionNotMet": (412, "global", "Precondition Failed"),
    "uploadTooLarge": (413, "global", "Request Entity Too Large"),
    "backendError": (503, "global", "Backend Error"),
    "internalError": (500, "global", "Internal Error"),
}
USUAL_REASON = {
    400: "invalid",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    409: "conflict",
    410: "deleted",
    412: "conditionNotMet",
    413: "uploadTooLarge",
    429: "rateLimitExceeded",
    500: "internalError",
}
# The names of these statuses in the newer part of an error.
STATUS_WORD = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
# Reasons that have their own name in the newer part.
DETAIL = {
    "insufficientPermissions": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "accessNotConfigured": "SERVICE_DISABLED",
}


class GoogleError(Exception):
    """An answer that is an error. `our_fault`: the request was wrong, which a sound client never sends."""

    def __init__(
        self,
        reason: str,
        message: str = "",
        *,
        status: int = 0,
        location: tuple[str, str] | None = None,
        details: tuple[Mapping[str, Any], ...] = (),
        headers: Mapping[str, str] | None = None,
        our_fault: bool = False,
        word: str = "",
    ) -> None:
        """`location` is the kind and name of what is wrong, such as ("parameter", "timeMin")."""
        usual_status, self.domain, usual_message = REASONS.get(reason, (500, "global", "Error"))
        super().__init__(message or usual_message)
        self.reason = reason
        self.message = message or usual_message
        self.status = status or usual_status
        self.location = location
        self.details = details
        self.headers = dict(headers or {})
        self.our_fault = our_fault
        self._word = word

    def body(self) -> dict[str, Any]:
        first: dict[str, Any] = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location:
            first["locationType"], first["location"] = self.location
        error: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [first]}
        word = self._word or STATUS_WORD.get(self.status)
        if word:
            error["status"] = word
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return {"error": error}


def wrong_request(
    message: str, *, where: str = "", reason: str = "invalid", location: tuple[str, str] | None = None
) -> GoogleError:
    """400 for a request that a sound client does not send."""
    details: tuple[Mapping[str, Any], ...] = ()
    if where:
        details = (
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": where, "description": message}],
            },
        )
    return GoogleError(reason, message, status=400, location=location, details=details, our_fault=True)


def invalid_credentials() -> GoogleError:
    return GoogleError(
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other"
        " valid authentication credential.",
        location=("header", "Authorization"),
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
    )


def scope_missing(service_method: str, scopes: frozenset[str]) -> GoogleError:
    return GoogleError(
        "insufficientPermissions",
        details=(_error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", {"method": service_method}),),
        headers={
            "WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope",'
            f' scope="{" ".join(sorted(scopes))}"'
        },
    )


def planned(status: int, reason: str, retry_after: int | None) -> GoogleError:
    """The error that a switch asks for."""
    reason = reason or USUAL_REASON.get(status, "backendError")
    detail = DETAIL.get(reason)
    wait = {"Retry-After": str(retry_after)} if retry_after is not None and status in (429, 503) else {}
    return GoogleError(
        reason, status=status, details=(_error_info(detail, {}),) if detail else (), headers=wait
    )


def too_fast(retry_after: int | None) -> GoogleError:
    return planned(429, "rateLimitExceeded", retry_after)


def _error_info(reason: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": dict(metadata),
    }
