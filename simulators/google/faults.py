"""The switches of the simulated Google: its faults, what accounts may not do, and its clock."""

from __future__ import annotations

from simulators.google.errors import REASONS
from simulators.switches import Switch

OPERATIONS = (
    *("any", "account", "create", "list", "get", "update", "delete", "freebusy", "send"),
    *("calendar", "settings"),
)
BAD_ANSWERS = ("", "html", "empty", "truncated", "wrong_types", "drip", "huge", "redirect", "another")
TOKEN_FAILURES = ("", "server_error", "invalid_client", "invalid_grant", "invalid_rapt", "html", "drop")
CONSENT_ERRORS = ("", "access_denied", "admin_policy_enforced", "org_internal", "temporarily_unavailable")
ID_TOKENS = (
    *("", "missing", "garbled", "wrong_audience", "wrong_issuer", "expired", "wrong_nonce", "no_nonce"),
    *("unverified_email", "no_email"),
)
MEET_CREATION = ("", "pending", "failure", "refused")
FREEBUSY_ERRORS = ("", "notFound", "internalError")

_COUNTED = "How many {} and then drop the connection."

SWITCHES = (
    Switch(
        "fail_next", "count", 0, "Fail the next calls", "How many API calls answer an error and do nothing."
    ),
    Switch("fail_status", "count", 503, "… with this status", "500, 503, 403, 429, 404, 409, 410, 412 …"),
    Switch(
        "fail_reason",
        "choice",
        "",
        "… for this reason",
        "What the error names as its reason. Normal: the usual one of that status.",
        ("", *REASONS),
    ),
    Switch("fail_operation", "choice", "any", "… of this kind", "Which calls are meant.", OPERATIONS),
    Switch(
        "retry_after",
        "optional",
        None,
        "… asking to wait",
        "Seconds in the Retry-After of errors 429 and 503. Empty: no such header.",
    ),
    Switch("latency_ms", "count", 0, "Slow down", "Milliseconds that every API call takes longer."),
    Switch(
        "create_answer_delay_ms",
        "count",
        0,
        "Answer creates late",
        "The event is made at once, the answer comes this many milliseconds later.",
    ),
    Switch(
        "send_answer_delay_ms",
        "count",
        0,
        "Answer sends late",
        "The message is sent at once, the answer comes this many milliseconds later.",
    ),
    Switch(
        "per_second_limit",
        "optional",
        None,
        "Calls per second",
        "More than this many API calls in one second are refused (429). Empty: no limit.",
    ),
    Switch(
        "usage_limit_reached",
        "names",
        [],
        "Calendar limit reached for",
        "Email addresses of accounts that have made too many events (403 quotaExceeded).",
    ),
    Switch(
        "refuse_next_creates",
        "count",
        0,
        "Refuse the next creates",
        "How many creates are refused for good (403) and make nothing.",
    ),
    Switch(
        "lose_next_creates",
        "count",
        0,
        "Lose the answer after creating",
        _COUNTED.format("creates make their event"),
    ),
    Switch(
        "lose_next_updates",
        "count",
        0,
        "Lose the answer after updating",
        _COUNTED.format("updates change their event"),
    ),
    Switch(
        "lose_next_deletes",
        "count",
        0,
        "Lose the answer after deleting",
        _COUNTED.format("deletes remove their event"),
    ),
    Switch(
        "lose_next_sends",
        "count",
        0,
        "Lose the answer after sending",
        _COUNTED.format("messages are sent"),
    ),
    Switch(
        "drop_next_creates",
        "count",
        0,
        "Drop the connection before creating",
        "How many creates drop the connection and make nothing.",
    ),
    Switch(
        "drop_next_sends",
        "count",
        0,
        "Drop the connection before sending",
        "How many sends drop the connection and send nothing.",
    ),
    Switch(
        "ignore_next_updates",
        "count",
        0,
        "Ignore updates",
        "How many updates answer that all is well and change nothing.",
    ),
    Switch(
        "deny_next_events",
        "count",
        0,
        "Deny events",
        "How many reads say that an event does not exist although it does (404).",
    ),
    Switch(
        "bad_answer",
        "choice",
        "",
        "Spoil answers",
        "The call takes effect, its answer is nonsense, or shows another event of the same account. A"
        " redirect leads to another host and does nothing.",
        BAD_ANSWERS,
    ),
    Switch("bad_answer_calls", "count", 0, "… for so many calls", "0: until reset."),
    Switch(
        "meet_creation",
        "choice",
        "",
        "Google Meet is made",
        "Normal: at once. Pending: later. Failure: never, said inside the event. Refused: the whole call is"
        " refused (400).",
        MEET_CREATION,
    ),
    Switch("meet_creation_calls", "count", 0, "… for so many calls", "0: until reset."),
    Switch(
        "meet_pending_reads",
        "count",
        0,
        "… after so many reads",
        "How often a pending Meet is read before it is there. 0: never.",
    ),
    Switch(
        "no_meet",
        "names",
        [],
        "No Google Meet for",
        "Email addresses of accounts that can't make Meet links (400 “Invalid conference type value.”).",
    ),
    Switch(
        "forgetful_meet",
        "flag",
        False,
        "Forget Meet links",
        "Events lose their Meet when they are changed without conferenceDataVersion=1.",
    ),
    Switch(
        "no_gmail",
        "names",
        [],
        "No Gmail for",
        "Email addresses of accounts without Gmail (400 “Mail service not enabled”).",
    ),
    Switch(
        "send_limit_reached",
        "names",
        [],
        "Sending limit reached for",
        "Email addresses of accounts that have sent too much today (429).",
    ),
    Switch(
        "refused_recipients",
        "names",
        [],
        "Refuse recipients",
        "Addresses that Gmail takes no message for (400 “Invalid To header”).",
    ),
    Switch(
        "largest_message",
        "count",
        36_700_160,
        "Largest message",
        "Bytes that a message may have; a larger one is refused (413).",
    ),
    Switch(
        "replace_message_ids",
        "flag",
        False,
        "Replace Message-IDs",
        "Whether Gmail puts its own Message-ID in the place of the app's.",
    ),
    Switch(
        "freebusy_error",
        "choice",
        "",
        "Free/busy fails inside",
        "The answer is 200, and says inside that this calendar could not be read.",
        FREEBUSY_ERRORS,
    ),
    Switch(
        "list_page_size",
        "optional",
        None,
        "Short pages",
        "Most events that a page of a list has, whatever was asked for. Empty: as asked.",
    ),
    Switch(
        "empty_next_pages",
        "count",
        0,
        "Empty pages",
        "How many pages of lists are empty and lead to a next one.",
    ),
    Switch(
        "forget_next_sync_tokens",
        "count",
        0,
        "Forget sync tokens",
        "How many lists find their sync token too old (410 fullSyncRequired).",
    ),
    Switch(
        "repeat_next_pages",
        "count",
        0,
        "Repeat pages",
        "How many pages of lists that are synchronized come twice.",
    ),
    Switch(
        "delete_while_paging",
        "count",
        0,
        "Delete while paging",
        "How many of their pages with a next one are followed by two deletions: of their last event, and of"
        " the one that comes next.",
    ),
    Switch(
        "no_next_sync_tokens",
        "count",
        0,
        "Withhold sync tokens",
        "How many lists end without a token to go on from.",
    ),
    Switch(
        "malformed_events",
        "names",
        [],
        "Malformed events",
        "Ids of events that come with times that are none.",
    ),
    Switch(
        "withheld_scopes",
        "names",
        [],
        "Withhold scopes",
        "Scopes that tokens no longer carry, such as calendar.events.owned (403).",
    ),
    Switch(
        "reject_next_tokens",
        "count",
        0,
        "Expire access tokens early",
        "How many API calls find their access token expired (401).",
    ),
    Switch(
        "token_endpoint",
        "choice",
        "",
        "Token endpoint fails",
        "How every token call is answered.",
        TOKEN_FAILURES,
    ),
    Switch(
        "lose_next_token_answers",
        "count",
        0,
        "Lose token answers",
        "How many token calls take effect and then drop the connection.",
    ),
    Switch(
        "no_refresh_token",
        "count",
        0,
        "No refresh token",
        "How many consents are answered without a refresh token, as for people who allowed the app before.",
    ),
    Switch("id_token", "choice", "", "Spoil id tokens", "What is wrong with them.", ID_TOKENS),
    Switch(
        "consent_error",
        "choice",
        "",
        "Refuse consent",
        "What comes back instead of a code, such as for an administrator's rule.",
        CONSENT_ERRORS,
    ),
    Switch(
        "testing_mode",
        "flag",
        False,
        "Consent screen in Testing",
        "Consent given now ends after 7 days, even if the app is published later.",
    ),
    Switch("expires_in", "count", 3599, "Life of access tokens", "Seconds."),
    Switch(
        "clock_offset_seconds",
        "seconds",
        0,
        "Clock runs ahead",
        "Seconds by which this Google's clock is ahead; below 0: behind.",
    ),
)
