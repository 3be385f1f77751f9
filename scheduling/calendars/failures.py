"""Why an entry could not be updated, or a calendar could not be read, and what helps, in words."""

from __future__ import annotations

from models import FailureReason as R
from providers.errors import ProviderError
from scheduling.entries.apps import label_of
from scheduling.meetings import tries

_WORDS = {
    R.NOT_CONNECTED: "{app} isn't connected.",
    R.RECONNECT_NEEDED: "The connection to {app} has ended.",
    R.SCOPES_MISSING: "{app} was connected without all the permissions we need.",
    R.RATE_LIMITED: "{app} isn't taking any more requests right now.",
    R.DAILY_LIMIT: "{app} takes no more changes from this account for some hours.",
    R.NOT_ALLOWED: "This account can't keep entries in {app}.",
    R.CREDENTIALS: "{app} doesn't accept this server's credentials.",
    R.NOT_SET_UP: "{app} isn't set up on this server.",
    R.UNREACHABLE: "{app} didn't answer in time.",
    R.REFUSED: "{app} refused the entry.",
}
# Where a calendar is only read.
_READING_WORDS = {
    **_WORDS,
    R.DAILY_LIMIT: "{app} answers no more requests about this account for some hours.",
    R.NOT_ALLOWED: "This account has no calendar in {app} that can be read.",
    R.REFUSED: "{app} refused to show this calendar.",
    R.NOT_ASKED_YET: "{app} wasn't asked just now.",
}
_CURES = {
    R.NOT_CONNECTED: "Connect it in Settings → Connected Apps.",
    R.RECONNECT_NEEDED: "Reconnect it in Settings → Connected Apps.",
    R.SCOPES_MISSING: "Reconnect it in Settings → Connected Apps to grant what is missing.",
    R.NOT_ALLOWED: "Connect another account, or ask the person who manages this one.",
    R.CREDENTIALS: "The administrator has to check them.",
    R.NOT_SET_UP: "The administrator has to set it up.",
}
_PASSES = frozenset({R.RATE_LIMITED, R.UNREACHABLE, R.NOT_READY, R.GONE})


def reason_of(error: ProviderError) -> R:
    """What an error of a calendar means for the entry."""
    verdict = tries.verdict_on(error)
    if verdict is not None:
        return verdict.reason
    return R.RATE_LIMITED if tries.is_limit(error) else R.UNREACHABLE


def is_lasting(reason: R) -> bool:
    """Whether it does not pass on its own within minutes."""
    return reason not in _PASSES


def words_of(reason: R, app: str) -> str:
    """What happened, for the page."""
    return _WORDS.get(reason, _WORDS[R.REFUSED]).format(app=label_of(app))


def reading_words_of(reason: R, app: str) -> str:
    """Why the calendar could not be read, for the page."""
    return _READING_WORDS.get(reason, _READING_WORDS[R.REFUSED]).format(app=label_of(app))


def cure_of(reason: R) -> str:
    """What the calendar's owner can do about it; "" where only waiting helps."""
    return _CURES.get(reason, "")
