"""Zoom's way of saying no: `{"code": …, "message": …}`, with `errors` for fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime


class ZoomError(Exception):
    """An error answer of the API: HTTP `status`, Zoom's own `code`, and per field what was wrong."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        fields: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = tuple(fields)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"code": self.code, "message": self.message}
        if self.fields:
            body["errors"] = [{"field": field, "message": message} for field, message in self.fields]
        return body


def validation_failed(fields: Sequence[tuple[str, str]]) -> ZoomError:
    return ZoomError(400, 300, "Validation Failed.", fields=fields)


def create_refused() -> ZoomError:
    return ZoomError(400, 300, "This account can't schedule meetings right now.")


def meeting_gone(meeting_id: int) -> ZoomError:
    return ZoomError(404, 3001, f"Meeting does not exist: {meeting_id}.")


def may_not_schedule(email: str) -> ZoomError:
    return ZoomError(
        400, 3161, f"You are not allowed to host or schedule meetings: {email} has no Meetings license."
    )


def scope_missing(scope: str) -> ZoomError:
    return ZoomError(400, 4711, f"Invalid access token, does not contain scopes:[{scope}].")


def too_many_per_second(limit: int, resets_at: datetime) -> ZoomError:
    return ZoomError(
        429,
        429,
        "You have reached the maximum per-second rate limit for this API. Try again later.",
        headers={
            "X-RateLimit-Category": "Light",
            "X-RateLimit-Type": "QPS",
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(resets_at.timestamp())),
        },
    )


def too_many_today(limit: int) -> ZoomError:
    """Seen in practice without Retry-After and with another limit's headers; here it has none at all."""
    return ZoomError(
        429,
        429,
        f"You have exceeded the daily rate limit ({limit}) of Meeting Create/Update API requests permitted"
        " for this particular user. You may resume these requests at GMT 00:00:00.",
    )
