"""Why a connection does not work, in words: for its card, for mails, and for the page of an interview.

Each says what happened. What helps is shown beside it, as a button.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from connections.app_spec import LikelyEnd, ServerFault
from connections.catalogue import label_of, permission_stays, spec_of
from models import Connection
from wording import listed

# A provider that ends grants after some days does so by its own clock, and it is noticed when the grant is
# next used or checked.
_AT_ABOUT_THAT_AGE = timedelta(days=1)

# The grant is over: its user has to reconnect.


def ended_by_provider(app: str, age: timedelta | None = None, code: str = "") -> str:
    """`age`: how long ago it was connected, where that is known; a reason that goes with it is named. `code`:
    the provider's own reason, as its error has it."""
    traits, label, provider = spec_of(app).traits, label_of(app), spec_of(app).provider_label
    if code in spec_of(app).ends:
        return spec_of(app).ends[code]
    likely = traits.likely_end
    if likely is not None and age is not None and abs(age - likely.age) <= _AT_ABOUT_THAT_AGE:
        return f"{label} no longer accepts this connection. {likely.words}"
    usual = (
        f"{label} no longer accepts this connection: it was removed in {provider}, "
        "or went too long without being renewed."
    )
    return f"{usual} {traits.other_ends}" if traits.other_ends else usual


def end_for_operator(row: Connection) -> LikelyEnd | None:
    """The likely reason why the provider ended this grant, if only the person who runs the server can change
    it."""
    likely = spec_of(row.app).traits.likely_end
    if likely is None or not likely.is_up_to_operator or likely.words not in (row.problem or ""):
        return None
    return likely


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


def permissions_missing(app: str, missing: list[str], said: str = "") -> str:
    """`missing`: what is no longer allowed, as `catalogue.in_words` puts it; empty if not known. What the
    provider `said` is all there is then."""
    if said and not missing:
        return said
    named = f" Missing: {', '.join(missing)}." if missing else ""
    return f"{label_of(app)} no longer grants all the permissions we need.{named}"


def account_replaced(app: str, before: str) -> str:
    """Another account has taken the place of the one `before`; "" where its address is no longer known."""
    spec = spec_of(app)
    stays = " ".join(
        words
        for words in (
            "Meetings created there stay there." if spec.meetings else "",
            "Entries made there stay in that calendar and no longer follow their interviews."
            if spec.keeps_entries
            else "",
        )
        if words
    )
    return f"Before, it was {before or 'another account'}. {stays}".rstrip()


def account_shared(app: str, names: Sequence[str]) -> str:
    """Colleagues have connected the same account, where a provider lets several people do that."""
    has = "has" if len(names) == 1 else "have"
    words = f"{listed(names)} {has} connected the same account."
    if spec_of(app).keeps_entries:
        words += " Their interviews and yours are entered into one calendar."
    return words


def kept_by_provider(app: str, by: Sequence[str]) -> str:
    """The provider ends everything that an account has granted at once, and is not told that this app was
    disconnected as long as the account is connected elsewhere. `by`: where, in words."""
    label = spec_of(app).provider_label
    are = "is" if len(by) == 1 else "are"
    return (
        f"{label} keeps the permission until {listed(by)} {are} disconnected too, because it can only end "
        "everything on that account at once."
    )


def disconnected(app: str, by: str) -> str:
    """For the system log: someone has disconnected an app."""
    spec = spec_of(app)
    words = f"{by} disconnected {spec.label}."
    if spec.traits.can_be_told:
        return words
    return f"{words} {permission_stays([app])}"


def taken_over(by: str, account: str = "") -> str:
    """`account` is its address, where it is known: the row itself loses it now."""
    return f"{account} was connected by {by}." if account else f"{by} connected this account."


def agree_with(by: str) -> str:
    """What helps a person whose account was taken over by a colleague; shown only to that person."""
    return f"Reconnect with your own account, or agree with {by} on who uses this one."


# The grant stays: someone else has to act, or only time helps.


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


def credentials_refused(app: str, because: str = "", *, told: str | None = None) -> str:
    """`because`: of which fault, as far as the provider says; `told`: who can fix it, for someone who
    cannot."""
    fault = fault_of(app, because, refusing=label_of(app))
    what = f"{fault.what}. The connection itself is fine; "
    if told is not None:
        return f"{what}{told} has been told."
    return f"{what}the administrator has to {fault.cure}."


def fault_of(app: str, because: str, *, refusing: str) -> ServerFault:
    """Why the provider of an app does not accept this server. `because`: a key of `AppSpec.faults`, or any
    other word where it is not known; `refusing`: what to call the provider then."""
    spec = spec_of(app)
    usual = ServerFault(
        f"{refusing} doesn't accept this server's credentials", f"check {spec.settings_in_words}"
    )
    return spec.faults.get(because, usual)


def not_set_up(app: str, *, told: str | None = None) -> str:
    """`told` as above."""
    what = f"{label_of(app)} is no longer set up on this server. The connection itself is fine; "
    if told is not None:
        return f"{what}{told} sees what to do on every page."
    return f"{what}the administrator has to set {spec_of(app).settings_in_words} again."
