"""Writing a connection's row: its sealed tokens, what is wrong with it in words, and wiping it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from connections import notices, wording
from connections.catalogue import in_words, spec_of
from connections.service import connections
from database import SealedText
from extensions import db
from models import Connection, ConnectionState, Organization, RefusingProvider, SyncedCalendar
from providers.base import Account, Grant, TokenSet
from security import SealBrokenError
from timezones import utc_now

_RENEWED_EARLY = timedelta(seconds=300)
# No matter how short-lived tokens are, they are not renewed more often than this while no one uses them.
_SHORTEST_USE = timedelta(seconds=30)


def begin_storing() -> None:
    """Wait until no one else is storing a grant, and keep others from it until the current transaction ends.

    Which rows change depends on which exist: the user's own, and a colleague's on the same account. Two
    people who change rows that depend on each other's would violate the indexes or wait for each other
    forever. Storing is rare and quick, so one at a time costs nothing; the lock is the organization's single
    row.
    """
    db.session.get(Organization, 1, with_for_update=True, populate_existing=True)


def held(connection_id: int) -> Connection | None:
    """The connection as it is now, held for the rest of the transaction; None if there is none.

    Rows that name it may be added meanwhile: a command that holds an interview may add an entry in its
    calendar, while what holds the connection waits for that interview.
    """
    return db.session.get(
        Connection, connection_id, with_for_update={"key_share": True}, populate_existing=True
    )


def owner_of_seal(row: Connection) -> str:
    """What a ciphertext is bound to: if it is moved to another user, app or account, it does not open."""
    return f"connection:{row.user_id}:{row.app}:{row.account_id}"


def read_tokens(row: Connection) -> tuple[Grant, str] | None:
    """The credential and the refresh token of a row, or None when no key of this server opens them."""
    try:
        tokens = connections().vault.open(row.ciphertext, belongs_to=owner_of_seal(row))
    except SealBrokenError:
        return None
    access_token, refresh_token = tokens["access_token"], tokens["refresh_token"]
    if not access_token or not refresh_token:
        return None
    return Grant(access_token, row.api_url), refresh_token


def is_unreadable(row: Connection) -> bool:
    """Whether a grant is kept that no key of this server opens."""
    return bool(row.ciphertext) and read_tokens(row) is None


def write_tokens(row: Connection, tokens: TokenSet) -> None:
    """Put a new pair of tokens into a row and end any refresh that was going on."""
    row.ciphertext = connections().vault.seal(
        {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token},
        belongs_to=owner_of_seal(row),
    )
    row.scopes = " ".join(sorted(tokens.scopes))
    row.api_url = tokens.api_url
    row.expires_at, row.renew_at = tokens.expires_at, _renewed_from(tokens.expires_at)
    row.token_version += 1
    if row.refresh_failures or row.credentials_refused:
        # Other trouble is over once a check shows it: an account that can't be used can still be renewed.
        _forget_trouble(row)
    row.refresh_failures = 0
    row.refresh_may_be_lost = False
    _end_refreshing(row)
    db.session.execute(
        sa.delete(RefusingProvider).where(RefusingProvider.provider == spec_of(row.app).provider)
    )


def _renewed_from(expires_at: datetime) -> datetime:
    """When to renew tokens that have just arrived: early enough that a token handed out until then outlives
    every call that begins with it, but never so early that short-lived tokens are renewed endlessly.
    """
    now = utc_now()
    lifetime = max(expires_at - now, timedelta())
    return max(expires_at - min(_RENEWED_EARLY, lifetime / 2), now + _SHORTEST_USE)


def note_refused_credentials(app: str, because: str) -> None:
    """The provider of an app did not accept this server when someone wanted to connect. `because`: the code
    of the error."""
    begin_storing()
    spec = spec_of(app)
    because = because if because in spec.faults else ""
    row = db.session.get(RefusingProvider, spec.provider)
    if row is None:
        db.session.add(RefusingProvider(provider=spec.provider, because=because))
    else:
        row.because = because
    db.session.flush()
    notices.report_refused_credentials(app, because)


def write_account(row: Connection, account: Account) -> None:
    """Store what the provider now says about the account. Which account it is does not change."""
    row.account_email, row.account_name, row.plan = account.email, account.display_name, account.plan
    row.checked_at = utc_now()


def need_reconnect(row: Connection, words: str) -> None:
    """End a live grant that its provider no longer honors, with the reason in one sentence.

    Only the account's id is kept, and its user is told. A row that needs reconnecting already keeps the
    reason it has.
    """
    if row.state == ConnectionState.CONNECTED:
        wipe(row)
        _mark(row, words)


def lose_permissions(row: Connection, missing: Iterable[str], said: str = "") -> None:
    """The same for a grant that its provider still honors, but not for everything that is needed. `said`: the
    sentence for where the provider does not name what is `missing`.

    It is not revoked, because providers that keep one grant per account could apply a late revocation to the
    grant that its user gives next. It is still wiped: what cannot be used is not kept.
    """
    need_reconnect(row, wording.permissions_missing(row.app, in_words(row.app, missing), said))


def mark_unreadable(row: Connection, words: str) -> None:
    """The same for a grant that no key of this server opens. It stays sealed as it is: the right key may come
    back, and then no one has to reconnect."""
    if row.state == ConnectionState.CONNECTED:
        _end_refreshing(row)
        _forget_trouble(row)
        _mark(row, words)


def reopen(row: Connection) -> None:
    """The right key is back, and everything else is still in place."""
    row.state, row.problem, row.problem_since = ConnectionState.CONNECTED, None, None


def _mark(row: Connection, words: str) -> None:
    row.state = ConnectionState.RECONNECT_NEEDED
    row.problem, row.problem_since = words[:500], utc_now()
    notices.nudge(row, 0)


def forget_calendar(row: Connection) -> None:
    """Delete what was read of the calendar of a connection that ends, or that goes to another account."""
    db.session.execute(sa.delete(SyncedCalendar).where(SyncedCalendar.connection_id == row.id))


def wipe(row: Connection) -> None:
    """Remove everything from a row that was only needed for its grant.

    The account's id stays: there are meetings on that account, and it may be necessary to look for them when
    it is connected again.
    """
    row.ciphertext = SealedText("")
    row.account_email = row.account_name = row.plan = row.scopes = ""
    row.api_url = row.checked_at = None
    # A process that is renewing these tokens right now finds that they no longer belong to the row.
    row.token_version += 1
    row.refresh_failures = 0
    row.refresh_may_be_lost = False
    _end_refreshing(row)
    _forget_trouble(row)


def note_trouble(row: Connection, words: str) -> None:
    """Say on a live connection's card what is keeping it from working for now.

    Trouble with the token endpoint takes precedence, and stays until a refresh succeeds.
    """
    if row.refresh_failures == 0:
        _write_trouble(row, words)


def note_failed_refresh(row: Connection, words: str, *, is_refused: bool = False, because: str = "") -> None:
    """The same for a refresh that failed. Once the provider has refused this server's credentials
    (`is_refused`, `because` of a fault of `AppSpec.faults`), only a successful refresh shows that they are
    right again; other faults say nothing about them.
    """
    row.refresh_failures += 1
    if is_refused or not row.credentials_refused:
        row.credentials_refused, row.refused_because = is_refused, because
        _write_trouble(row, words)


def _write_trouble(row: Connection, words: str) -> None:
    row.trouble = words[:500]
    row.trouble_since = row.trouble_since or utc_now()


def note_success(row: Connection) -> None:
    """A call succeeded. Trouble with the token endpoint is over only when a refresh succeeds."""
    if row.refresh_failures == 0:
        _forget_trouble(row)


def _forget_trouble(row: Connection) -> None:
    row.trouble = row.trouble_since = None
    row.credentials_refused, row.refused_because = False, ""


def _end_refreshing(row: Connection) -> None:
    row.refresh_claim = row.refresh_claimed_until = row.refresh_after = None
