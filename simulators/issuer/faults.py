"""The switches of the simulated issuer."""

from __future__ import annotations

from simulators.switches import Switch

ID_TOKENS = (
    *("", "missing", "garbled", "unsigned", "own_secret", "forged", "wrong_audience", "others_too"),
    *("wrong_issuer", "expired", "wrong_nonce", "no_nonce", "unverified_email", "no_email", "no_subject"),
)
ANSWERS = ("", "access_denied", "server_error", "wrong_state", "wrong_iss", "no_code")
TOKEN_FAILURES = ("", "server_error", "invalid_client", "invalid_grant", "html", "drop")
DISCOVERY = ("", "server_error", "another_issuer", "html")

SWITCHES = (
    Switch("id_token", "choice", "", "What is wrong with id tokens", "Normal: nothing.", ID_TOKENS),
    Switch("answer", "choice", "", "How people come back", "Normal: with a code.", ANSWERS),
    Switch("token_endpoint", "choice", "", "The token endpoint", "Normal: it works.", TOKEN_FAILURES),
    Switch("lose_next_token_answers", "count", 0, "Lose answers", "How many token answers are dropped."),
    Switch("discovery", "choice", "", "What it says of itself", "Normal: what is true.", DISCOVERY),
    Switch("key_number", "count", 0, "The signing key", "Another number is another key, from now on."),
    Switch(
        "other_subject",
        "flag",
        False,
        "Other people behind the addresses",
        "Every address belongs to someone else now, as when one is given to a new colleague.",
    ),
    Switch("clock_offset_seconds", "seconds", 0, "Clock", "Seconds that its clock is ahead."),
)
