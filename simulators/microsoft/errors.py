"""Errors in the shape of Microsoft Graph, with the codes by which a client tells them apart.

Sources: "Microsoft Graph error responses and resource types", "Microsoft Graph throttling guidance", and
answers quoted in public issue threads. Where only the code is known, the sentence is ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Code → usual status and sentence.
CODES: dict[str, tuple[int, str]] = {
    "BadRequest": (400, "The request is malformed or incorrect."),
    "ErrorInvalidRequest": (400, "The request is invalid."),
    "ErrorInvalidIdMalformed": (400, "Id is malformed."),
    "ErrorInvalidRecipients": (400, "At least one recipient is not valid."),
    "ErrorPropertyValidationFailure": (400, "At least one property failed validation."),
    "InvalidInternetMessageHeader": (400, "The name of a header should start with 'x-'."),
    "TimeZoneNotSupportedException": (400, "A valid TimeZone value must be specified."),
    "ErrorInvalidUrlQueryFilter": (400, "The query filter is not supported."),
    "InvalidAuthenticationToken": (401, "Lifetime validation failed, the token is expired."),
    "ErrorAccessDenied": (403, "Access is denied. Check credentials and try again."),
    "ErrorMessageSubmissionBlocked": (403, "Cannot send mail. The account is blocked from sending."),
    "ErrorSendAsDenied": (403, "The account may not send on behalf of this sender."),
    "ErrorInvalidUser": (404, "The requested user is invalid."),
    "ErrorItemNotFound": (404, "The specified object was not found in the store."),
    "MailboxNotEnabledForRESTAPI": (
        404,
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise. REST API is not yet supported"
        " for this mailbox.",
    ),
    "ErrorDuplicateTransactionId": (
        409,
        "Your request can't be completed. The TransactionId in the request has already been used to create a"
        " different event.",
    ),
    "ErrorIrresolvableConflict": (409, "The send or update operation could not be performed."),
    "SyncStateNotFound": (410, "The sync state generation is not found."),
    "resyncRequired": (410, "Resync required."),
    "ErrorChangeKeyMismatch": (412, "The change key is not the current one."),
    "ErrorMessageSizeExceeded": (413, "The message exceeds the maximum supported size."),
    "TooManyRequests": (429, "Too many requests."),
    "ApplicationThrottled": (429, "Application is over its MailboxConcurrency limit."),
    "ErrorExceededMessageLimit": (429, "The message limit of this mailbox is exceeded."),
    "ErrorInternalServerError": (500, "An internal server error occurred. The operation failed."),
    "ErrorQuotaExceeded": (507, "The process failed to get the correct properties: the mailbox is full."),
    "serviceNotAvailable": (503, "The service is temporarily unavailable."),
    "ConcurrentItemSave": (503, "The item was saved by someone else."),
    "UnknownError": (504, ""),
}
USUAL_CODE = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    404: "ErrorItemNotFound",
    409: "ErrorIrresolvableConflict",
    410: "SyncStateNotFound",
    412: "ErrorChangeKeyMismatch",
    413: "ErrorMessageSizeExceeded",
    429: "TooManyRequests",
    500: "ErrorInternalServerError",
    503: "serviceNotAvailable",
}
# What a claims challenge asks for: a token issued from now on.
CLAIMS = "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNzY0MzI0MDAwIn19fQ=="


class GraphError(Exception):
    """An answer that is an error. `our_fault`: the request was wrong, which a sound client never sends."""

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        status: int = 0,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        our_fault: bool = False,
    ) -> None:
        """`more` is what the error contains besides code and message."""
        usual_status, usual_message = CODES.get(code, (500, "An error occurred."))
        super().__init__(message or usual_message)
        self.code = code
        self.message = message or usual_message
        self.status = status or usual_status
        self.more = dict(more or {})
        self.headers = dict(headers or {})
        self.our_fault = our_fault

    def body(self, now: datetime, request_id: str, client_request_id: str | None) -> dict[str, Any]:
        inner = {
            "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id or request_id,
        }
        return {"error": {"code": self.code, "message": self.message, **self.more, "innerError": inner}}


def wrong_request(message: str, code: str = "BadRequest") -> GraphError:
    """400 for a request that a sound client does not send."""
    return GraphError(code, message, status=400, our_fault=True)


def invalid_token() -> GraphError:
    header = 'Bearer realm="", authorization_uri="https://login.example/common/oauth2/authorize"'
    return GraphError("InvalidAuthenticationToken", headers={"WWW-Authenticate": header})


def claims_challenge() -> GraphError:
    """An organization's rules require the sign-in to be evaluated again (continuous access evaluation)."""
    header = (
        'Bearer realm="", authorization_uri="https://login.example/common/oauth2/authorize",'
        f' error="insufficient_claims", claims="{CLAIMS}"'
    )
    return GraphError(
        "InvalidAuthenticationToken",
        "Continuous access evaluation resulted in challenge with result: InteractionRequired and code:"
        " TokenIssuedBeforeRevocationTimestamp",
        headers={"WWW-Authenticate": header},
    )


def planned(status: int, code: str, retry_after: str) -> GraphError:
    """The error that a switch asks for."""
    wait = {"Retry-After": retry_after} if retry_after and status in (429, 503) else {}
    return GraphError(code or USUAL_CODE.get(status, "UnknownError"), status=status, headers=wait)


def new_request_id() -> str:
    return str(uuid.uuid4())
