"""The switches of the simulated Zoom: its faults, its clock, and whether it reports removals."""

from __future__ import annotations

from simulators.switches import Switch

OPERATIONS = ("any", "account", "create", "list", "get", "update", "delete")
BAD_ANSWERS = ("", "html", "empty", "truncated", "wrong_types", "drip", "huge", "redirect", "another")
TOKEN_FAILURES = ("", "server_error", "invalid_client", "html", "drop")

SWITCHES = (
    Switch(
        "fail_next", "count", 0, "Fail the next calls", "How many API calls answer an error and do nothing."
    ),
    Switch("fail_status", "count", 503, "… with this status", "500, 502, 503, 504, 429, 401, 403 …"),
    Switch("fail_operation", "choice", "any", "… of this kind", "Which calls are meant.", OPERATIONS),
    Switch(
        "refuse_next_creates",
        "count",
        0,
        "Refuse the next creates",
        "How many creates are refused for good (400) and make nothing. Each account asked uses one up.",
    ),
    Switch("latency_ms", "count", 0, "Slow down", "Milliseconds that every API call takes longer."),
    Switch(
        "create_answer_delay_ms",
        "count",
        0,
        "Answer creates late",
        "The meeting is made at once, the answer comes this many milliseconds later.",
    ),
    Switch(
        "per_second_limit",
        "optional",
        None,
        "Calls per second",
        "More than this many API calls in one second are refused (429). Empty: no limit.",
    ),
    Switch("daily_limit", "count", 100, "Daily limit", "Creates and updates per host until 00:00 UTC."),
    Switch(
        "daily_limit_reached",
        "names",
        [],
        "Day used up for",
        "Email addresses of hosts who have reached the daily limit.",
    ),
    Switch(
        "lose_next_creates",
        "count",
        0,
        "Lose the answer after creating",
        "How many creates make their meeting and then drop the connection.",
    ),
    Switch(
        "lose_next_updates",
        "count",
        0,
        "Lose the answer after updating",
        "How many updates change their meeting and then drop the connection.",
    ),
    Switch(
        "lose_next_deletes",
        "count",
        0,
        "Lose the answer after deleting",
        "How many deletes remove their meeting and then drop the connection.",
    ),
    Switch(
        "ignore_next_updates",
        "count",
        0,
        "Ignore updates",
        "How many updates answer that all is well and change nothing.",
    ),
    Switch(
        "deny_next_meetings",
        "count",
        0,
        "Deny meetings",
        "How many reads say that a meeting does not exist although it does (3001).",
    ),
    Switch(
        "drop_next_creates",
        "count",
        0,
        "Drop the connection before creating",
        "How many creates drop the connection and make nothing.",
    ),
    Switch(
        "bad_answer",
        "choice",
        "",
        "Spoil answers",
        "The call takes effect, its answer is nonsense, or shows another meeting of the same host. A redirect"
        " leads to another host and does nothing.",
        BAD_ANSWERS,
    ),
    Switch("bad_answer_calls", "count", 0, "… for so many calls", "0: until reset."),
    Switch(
        "no_license",
        "names",
        [],
        "No license for",
        "Email addresses of hosts who may not schedule (error 3161).",
    ),
    Switch(
        "locked_settings",
        "names",
        [],
        "Accounts insist on",
        "waiting_room, meeting_authentication, host_first, auto_recording: meetings get these no matter what"
        " is requested, and no error says so.",
    ),
    Switch(
        "withheld_scopes",
        "names",
        [],
        "Withhold scopes",
        "Granular scopes that tokens no longer carry (error 4711).",
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
    Switch("expires_in", "count", 3599, "Life of access tokens", "Seconds."),
    Switch(
        "webhook_url",
        "text",
        "",
        "Tell the app",
        "Where the app hears that a user removed it, or that a host deleted or changed a meeting, such as http://localhost:8000/webhooks/zoom."
        " Empty: nobody is told.",
    ),
    Switch(
        "webhook_secret_token",
        "text",
        "",
        "… signed with this secret",
        "The app's ZOOM_WEBHOOK_SECRET_TOKEN. Empty: not signed.",
    ),
    Switch(
        "clock_offset_seconds",
        "seconds",
        0,
        "Clock runs ahead",
        "Seconds by which this Zoom's clock is ahead; below 0: behind.",
    ),
)
