"""The switches of the simulated Microsoft: its faults, what accounts may not do, and its clock."""

from __future__ import annotations

from simulators.microsoft.errors import CODES
from simulators.switches import Switch

OPERATIONS = (
    *("any", "account", "create", "list", "get", "update", "delete", "view", "changes", "freebusy", "send"),
    "calendar",
)
BAD_ANSWERS = ("", "html", "empty", "truncated", "wrong_types", "drip", "huge", "redirect", "another")
TOKEN_FAILURES = (
    *("", "server_error", "temporarily_unavailable", "throttled", "invalid_client", "expired_secret"),
    *("invalid_grant", "interaction_required", "html", "drop"),
)
CONSENT_ERRORS = (
    *("", "access_denied", "consent_required", "interaction_required", "login_required", "server_error"),
    *("temporarily_unavailable", "unauthorized_client", "invalid_resource"),
)
APPROVAL_ERRORS = ("consent_required", "90094", "65001", "cancel")
ID_TOKENS = (
    *("", "missing", "garbled", "wrong_audience", "wrong_issuer", "template_issuer", "expired"),
    *("wrong_nonce", "no_nonce", "no_tid", "no_oid", "no_email"),
)
AUDIENCES = ("everyone", "organizations", "one_organization", "personal")
TEAMS_CREATION = ("", "pending", "never", "without", "skype")
DUPLICATES = ("409", "400", "409_without_id", "201")
FREEBUSY_ERRORS = ("", "ErrorMailRecipientNotFound", "ErrorServerBusy")

_COUNTED = "How many {} and then drop the connection."


def _count(name: str, label: str, words: str, at_rest: int = 0) -> Switch:
    return Switch(name, "count", at_rest, label, words)


def _names(name: str, label: str, words: str) -> Switch:
    return Switch(name, "names", [], label, words)


SWITCHES = (
    _count("fail_next", "Fail the next calls", "How many calls of Graph answer an error and do nothing."),
    _count("fail_status", "… with this status", "500, 503, 504, 403, 429, 404, 409, 410, 412 …", 503),
    Switch(
        "fail_reason",
        "choice",
        "",
        "… for this reason",
        "The code in the error. Normal: the usual one of that status.",
        ("", *CODES),
    ),
    Switch("fail_operation", "choice", "any", "… of this kind", "Which calls are meant.", OPERATIONS),
    Switch(
        "retry_after",
        "text",
        "",
        "… asking to wait",
        "Seconds in the Retry-After of errors 429 and 503, such as 7 or 2.128. Empty: no such header.",
    ),
    _count("latency_ms", "Slow down", "Milliseconds that every call of Graph takes longer."),
    _count(
        "create_answer_delay_ms",
        "Answer creates late",
        "The event is made at once, the answer comes this many milliseconds later.",
    ),
    _count(
        "send_answer_delay_ms",
        "Answer sends late",
        "The message is sent at once, the answer comes this many milliseconds later.",
    ),
    Switch(
        "per_second_limit",
        "optional",
        None,
        "Calls per second",
        "More than this many calls of Graph in one second are refused (429). Empty: no limit.",
    ),
    _count(
        "mailbox_concurrency",
        "Calls at once",
        "More than this many calls at the same time for one mailbox are refused (429). 0: any number.",
        4,
    ),
    _count("concurrency_status", "… with this status", "429, or 503 as some have seen.", 429),
    _count(
        "refuse_next_creates",
        "Refuse the next creates",
        "How many creates are refused for good (403) and make nothing.",
    ),
    _count(
        "lose_next_creates", "Lose the answer after creating", _COUNTED.format("creates make their event")
    ),
    _count(
        "lose_next_updates", "Lose the answer after updating", _COUNTED.format("updates change their event")
    ),
    _count(
        "lose_next_deletes", "Lose the answer after deleting", _COUNTED.format("deletes remove their event")
    ),
    _count("lose_next_sends", "Lose the answer after sending", _COUNTED.format("messages are sent")),
    _count(
        "drop_next_creates",
        "Drop the connection before creating",
        "How many creates drop the connection and make nothing.",
    ),
    _count(
        "drop_next_sends",
        "Drop the connection before sending",
        "How many sends drop the connection and send nothing.",
    ),
    _count(
        "ignore_next_updates",
        "Ignore updates",
        "How many updates answer that all is well and change nothing.",
    ),
    _count(
        "deny_next_events",
        "Deny events",
        "How many reads say that an event does not exist although it does (404).",
    ),
    Switch(
        "transaction_memory",
        "optional",
        None,
        "Remember transactions",
        "Seconds for which a transactionId is known again. After that, the same create makes another event."
        " Empty: for ever. Microsoft does not say.",
    ),
    _count(
        "hide_next_lists",
        "Lists are behind",
        "How many lists of events are empty, although there are some.",
    ),
    Switch(
        "duplicate_answer",
        "choice",
        "409",
        "Repeated creates",
        "How a create is answered whose transactionId was used before: the error, with the id of the event"
        " that is there or without, or that event itself.",
        DUPLICATES,
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
    _count("bad_answer_calls", "… for so many calls", "0: until reset."),
    Switch(
        "teams_creation",
        "choice",
        "",
        "Teams meetings are made",
        "Normal: at once. Pending: the link comes later. Never: it does not come. Without: the event is made"
        " and is no online meeting. Skype: it is one of Skype.",
        TEAMS_CREATION,
    ),
    _count("teams_creation_calls", "… for so many calls", "0: until reset."),
    _count(
        "teams_pending_reads",
        "… after so many reads",
        "How often a pending event is read before its link is there. 0: until settled.",
    ),
    _names("no_teams", "No Teams for", "Email addresses of accounts whose events never get a Teams meeting."),
    Switch(
        "new_link_for_new_body",
        "flag",
        False,
        "New link for a new text",
        "An event whose body is overwritten gets another Teams meeting, instead of losing the one it has.",
    ),
    _names(
        "no_mailbox",
        "No mailbox for",
        "Email addresses of accounts without a mailbox in Microsoft 365 (404 MailboxNotEnabledForRESTAPI).",
    ),
    _names(
        "send_limit_reached",
        "Sending limit reached for",
        "Email addresses of accounts that have sent too much (429 ErrorExceededMessageLimit).",
    ),
    _names(
        "send_blocked",
        "Sending blocked for",
        "Email addresses of accounts that may not send (403 ErrorMessageSubmissionBlocked).",
    ),
    _names(
        "refused_recipients",
        "Refuse recipients",
        "Addresses that Outlook takes no message for (400 ErrorInvalidRecipients).",
    ),
    Switch(
        "replace_message_ids",
        "flag",
        False,
        "Replace Message-IDs",
        "What is sent gets a Message-ID of Outlook's own, as personal accounts have been seen to do.",
    ),
    Switch(
        "own_display_names",
        "flag",
        False,
        "Own names of senders",
        "The name in From is the one that the directory has for the account.",
    ),
    _count(
        "largest_message",
        "Largest message",
        "Bytes that a message may have; a larger one is refused (413).",
        3_145_728,
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
    _count("empty_next_pages", "Empty pages", "How many pages of lists are empty and lead to a next one."),
    _count(
        "forget_next_sync_tokens",
        "Forget sync tokens",
        "How many lists of changes find their token too old (410 SyncStateNotFound).",
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
        "forgotten_as",
        "choice",
        "SyncStateNotFound",
        "… for this reason",
        "What is said of a token that is too old.",
        ("SyncStateNotFound", "resyncRequired"),
    ),
    _names(
        "withheld_scopes",
        "Withhold scopes",
        "Scopes that tokens no longer carry, such as Calendars.ReadWrite (403).",
    ),
    _count(
        "reject_next_tokens",
        "Expire access tokens early",
        "How many calls of Graph find their access token expired (401).",
    ),
    _count(
        "challenge_next_calls",
        "Challenge calls",
        "How many calls of Graph are told to sign in again (401 with a claims challenge).",
    ),
    Switch(
        "token_endpoint",
        "choice",
        "",
        "Token endpoint fails",
        "How every token call is answered.",
        TOKEN_FAILURES,
    ),
    _count(
        "lose_next_token_answers",
        "Lose token answers",
        "How many token calls take effect and then drop the connection.",
    ),
    _count("no_refresh_token", "No refresh token", "How many consents are answered without a refresh token."),
    Switch("id_token", "choice", "", "Spoil id tokens", "What is wrong with them.", ID_TOKENS),
    Switch(
        "consent_error",
        "choice",
        "",
        "Refuse consent",
        "What comes back instead of a code.",
        CONSENT_ERRORS,
    ),
    _names(
        "needs_approval",
        "Approval needed for",
        "Email addresses of accounts that an administrator has to allow calendars for, as is the rule now.",
    ),
    Switch(
        "approval_error",
        "choice",
        "consent_required",
        "… what the app is told",
        "What someone comes back with from the page “Need admin approval”: a word, a number, or the same as"
        " someone who changed their mind. Microsoft does not say.",
        APPROVAL_ERRORS,
    ),
    Switch(
        "audience",
        "choice",
        "everyone",
        "Whom the app is registered for",
        "Other accounts, and addresses with other words for them, are refused on Microsoft's own page.",
        AUDIENCES,
    ),
    Switch("expires_in", "count", 3599, "Life of access tokens", "Seconds."),
    Switch(
        "clock_offset_seconds",
        "seconds",
        0,
        "Clock runs ahead",
        "Seconds by which this Microsoft's clock is ahead; below 0: behind.",
    ),
)
