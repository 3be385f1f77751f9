"""Writing a connection's row: its tokens, sealed, what is wrong with it, in words, and wiping it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from connections import notices, wording
from connections.catalogue import in_words, spec_of
from connections.service import connections
from extensions import db
from models import Connection, ConnectionState, Organization, RefusingProvider
from providers.base import Account, Grant, TokenSet
from security import SealBrokenError
from timezones import utc_now

_RENEWED_EARLY = timedelta(seconds=300)
# However short tokens live, they are not renewed more often than this while nobody uses them.
_SHORTEST_USE = timedelta(seconds=30)


def begin_storing() -> None:
    """Wait until nobody else stores a grant, and let nobody until the current transaction ends.

    Which rows storing changes depends on which are there: its user's, and a colleague's on the same account.
    Two people who change rows that depend on each other's would fall over the indexes or wait for each other
    forever. It is rare and quick, so one at a time costs nothing; the one organization's row stands for all.
    """
    db.session.get(Organization, 1, with_for_update=True, populate_existing=True)


def owner_of_seal(row: Connection) -> str:
    """What a ciphertext is bound to: moved to another user, app or account it does not open."""
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
    """Put a new pair of tokens into a row and end whatever refresh was going on."""
    row.ciphertext = connections().vault.seal(
        {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token},
        belongs_to=owner_of_seal(row),
    )
    row.scopes = " ".join(sorted(tokens.scopes))
    row.api_url = tokens.api_url
    row.expires_at, row.renew_at = tokens.expires_at, _renewed_from(tokens.expires_at)
    row.token_version += 1
    row.refresh_failures = 0
    row.refresh_may_be_lost = False
    _end_refreshing(row)
    _forget_trouble(row)
    db.session.execute(
        sa.delete(RefusingProvider).where(RefusingProvider.provider == spec_of(row.app).provider)
    )


def _renewed_from(expires_at: datetime) -> datetime:
    """From when on tokens that have just come are renewed: early enough that one handed out now outlives
    every call that begins with it, and never so early that a short life means renewing without end."""
    now = utc_now()
    lifetime = max(expires_at - now, timedelta())
    return max(expires_at - min(_RENEWED_EARLY, lifetime / 2), now + _SHORTEST_USE)


def note_refused_credentials(app: str) -> None:
    """The provider of an app did not accept this server when somebody wanted to connect."""
    begin_storing()
    provider = spec_of(app).provider
    if db.session.get(RefusingProvider, provider) is None:
        db.session.add(RefusingProvider(provider=provider))
        db.session.flush()
    notices.report_refused_credentials(app)


def write_account(row: Connection, account: Account) -> None:
    """Note what the provider says of the account at this moment. Which account it is stays as it is."""
    row.account_email, row.account_name, row.plan = account.email, account.display_name, account.plan
    row.checked_at = utc_now()


def need_reconnect(row: Connection, words: str) -> None:
    """End a living grant that its provider does not honor any more, saying why in one sentence.

    Nothing of the account stays but its id, and its user is told. A row that needs reconnecting already
    keeps the reason it has.
    """
    if row.state == ConnectionState.CONNECTED:
        wipe(row)
        _mark(row, words)


def lose_permissions(row: Connection, missing: Iterable[str]) -> None:
    """The same for a grant that its provider still honors, but not for everything that is needed.

    It is not revoked: providers that keep one grant per account could take a late revocation for the one that
    its user gives next. It is wiped all the same, because what cannot be used is not kept.
    """
    need_reconnect(row, wording.permissions_missing(row.app, in_words(row.app, missing)))


def mark_unreadable(row: Connection, words: str) -> None:
    """The same for a grant that no key of this server opens. It stays sealed as it is: the right key may come
    back, and then nobody has to reconnect."""
    if row.state == ConnectionState.CONNECTED:
        _end_refreshing(row)
        _forget_trouble(row)
        _mark(row, words)


def reopen(row: Connection) -> None:
    """The right key is back, and everything else is still there."""
    row.state, row.problem, row.problem_since = ConnectionState.CONNECTED, None, None


def _mark(row: Connection, words: str) -> None:
    row.state = ConnectionState.RECONNECT_NEEDED
    row.problem, row.problem_since = words[:500], utc_now()
    notices.nudge(row, 0)


def wipe(row: Connection) -> None:
    """Take everything out of a row that was only there for the sake of its grant.

    The account's id stays: meetings lie on that account, and may have to be looked for there when it is
    connected again.
    """
    row.ciphertext = row.account_email = row.account_name = row.plan = row.scopes = ""
    row.api_url = row.checked_at = None
    # Whoever is renewing these tokens at this moment finds that they are not the row's any more.
    row.token_version += 1
    row.refresh_failures = 0
    row.refresh_may_be_lost = False
    _end_refreshing(row)
    _forget_trouble(row)


def note_trouble(row: Connection, words: str) -> None:
    """Say on a living connection's card what is in its way for the time being.

    What the token endpoint is in trouble with outweighs it, and stays until a refresh succeeds.
    """
    if row.refresh_failures == 0:
        _write_trouble(row, words)


def note_failed_refresh(row: Connection, words: str, *, is_refused: bool = False) -> None:
    """The same for a refresh that came to nothing. Once the provider has refused this server's credentials,
    nothing but a refresh that succeeds shows that they are right again; other faults say nothing of them."""
    row.refresh_failures += 1
    if is_refused or not row.credentials_refused:
        row.credentials_refused = is_refused
        _write_trouble(row, words)


def _write_trouble(row: Connection, words: str) -> None:
    row.trouble = words[:500]
    row.trouble_since = row.trouble_since or utc_now()


def note_success(row: Connection) -> None:
    """A call went well. What the token endpoint is in trouble with is over only when a refresh succeeds."""
    if row.refresh_failures == 0:
        _forget_trouble(row)


def _forget_trouble(row: Connection) -> None:
    row.trouble = row.trouble_since = None
    row.credentials_refused = False


def _end_refreshing(row: Connection) -> None:
    row.refresh_claim = row.refresh_claimed_until = row.refresh_after = None
