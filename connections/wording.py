"""Why a connection does not work, in words: for its card, for mails, and for the page of an interview.

Each says what happened. What helps is shown beside it, as a button.
"""

from __future__ import annotations

from connections.catalogue import label_of, spec_of

# The grant is over: its user has to reconnect.


def ended_by_provider(app: str) -> str:
    return (
        f"{label_of(app)} no longer accepts this connection: it was removed in {label_of(app)}, "
        "or went too long without being renewed."
    )


def removed_by_user(app: str, product: str) -> str:
    """The provider itself reported that its user revoked the permission. The words do not address that user,
    because the interviews' pages and the system log show them to others.
    """
    return f"{product} was removed in {label_of(app)}."


def lost_in_renewal(app: str) -> str:
    return (
        f"The connection was lost while it was being renewed: {label_of(app)}'s answer didn't arrive or "
        "couldn't be stored."
    )


def unreadable(app: str) -> str:
    return f"The stored connection to {label_of(app)} can't be decrypted with this server's keys."


def permissions_missing(app: str, missing: list[str]) -> str:
    """`missing`: what is no longer allowed, as `catalogue.in_words` puts it; empty if not known."""
    named = f" Missing: {', '.join(missing)}." if missing else ""
    return f"{label_of(app)} no longer grants all the permissions we need.{named}"


def taken_over(by: str, account: str = "") -> str:
    """`account` is its address, where it is known: the row itself loses it now."""
    return f"{account} was connected by {by}." if account else f"{by} connected this account."


def agree_with(by: str) -> str:
    """What helps a person whose account was taken over by a colleague; shown only to that person."""
    return f"Reconnect with your own account, or agree with {by} on who uses this one."


# The grant stays: someone else has to do something, or only time helps.


def passing(said: str, *, again_within: str) -> str:
    """A provider's trouble, which began with its saying `said`, one sentence."""
    return f"{said} The connection itself is fine. We'll try again automatically within {again_within}."


def another_account_answered(app: str) -> str:
    said = f"{label_of(app)} answered for another account when we checked this one."
    return passing(said, again_within="a day")


def renewal_waits(app: str) -> str:
    return passing(f"{label_of(app)} could not renew this connection just now.", again_within="15 minutes")


def tokens_run_out_at_once(app: str) -> str:
    said = f"{label_of(app)} renewed this connection for no time at all."
    return passing(said, again_within="15 minutes")


def credentials_refused(app: str, *, told: str | None = None) -> str:
    """`told`: who can fix it, for someone who cannot."""
    what = f"{label_of(app)} doesn't accept this server's credentials. The connection itself is fine; "
    if told is not None:
        return f"{what}{told} has been told."
    return f"{what}the administrator has to check {spec_of(app).settings_in_words}."


def not_set_up(app: str, *, told: str | None = None) -> str:
    """`told` as above."""
    what = f"{label_of(app)} is no longer set up on this server. The connection itself is fine; "
    if told is not None:
        return f"{what}{told} sees what to do on every page."
    return f"{what}the administrator has to set {spec_of(app).settings_in_words} again."
