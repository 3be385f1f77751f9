"""Grants that users gave for their apps, the attempts at giving one, and what providers sent about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import choice
from extensions import Model
from tables.team import User
from timezones import utc_now


class ConnectionState(StrEnum):
    CONNECTED = "connected"
    RECONNECT_NEEDED = "reconnect_needed"
    # Given back. The row stays without its tokens, because meetings say through it whose account they are on.
    ENDED = "ended"


class Connection(Model):
    """One user's grant for one app."""

    __tablename__ = "connections"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "app"),
        # Where a provider keeps only the newest grant of an account alive, two living rows for one account
        # would be one too many.
        sa.Index(
            "uq_connections_living_account",
            "app",
            "account_id",
            unique=True,
            sqlite_where=sa.text("state = 'connected' AND is_exclusive"),
            postgresql_where=sa.text("state = 'connected' AND is_exclusive"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    # The key of an app in `connections.catalogue`. Without a constraint: a new app needs no migration.
    app: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[ConnectionState] = mapped_column(choice(ConnectionState, "state"))
    account_id: Mapped[str] = mapped_column(sa.String(128))
    # The provider of this app keeps one living grant per account.
    is_exclusive: Mapped[bool] = mapped_column(default=False)
    account_email: Mapped[str] = mapped_column(sa.String(254))
    account_name: Mapped[str] = mapped_column(sa.String(160))
    plan: Mapped[str] = mapped_column(sa.String(32))
    scopes: Mapped[str] = mapped_column(sa.Text)
    api_url: Mapped[str | None] = mapped_column(sa.String(255))
    # Both tokens, encrypted together with the names of user, app and account, so that a ciphertext
    # put into another row does not open.
    ciphertext: Mapped[str] = mapped_column(sa.Text)
    # Raised with every new pair of tokens.
    token_version: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime]
    # From when on the tokens are renewed before they are used again, which is some time before they run out.
    renew_at: Mapped[datetime] = mapped_column(
        default=lambda context: context.get_current_parameters()["expires_at"] - timedelta(minutes=5)
    )
    # The claim on refreshing: a refresh token can be spent only once, by whoever holds this.
    refresh_claim: Mapped[str | None] = mapped_column(sa.String(32))
    refresh_claimed_until: Mapped[datetime | None]
    # A passing fault at the token endpoint: when to ask again, and how often it has failed in a row.
    refresh_after: Mapped[datetime | None]
    refresh_failures: Mapped[int] = mapped_column(default=0)
    # A refresh may have been carried out although its answer never came. If the token we still hold turns
    # out to be spent, this is why.
    refresh_may_be_lost: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    problem_since: Mapped[datetime | None]
    # Something in the way that is not the grant's fault (the provider is away, the operator's credentials are
    # wrong): the grant stays, and this says what is going on until a call succeeds.
    trouble: Mapped[str | None] = mapped_column(sa.String(500))
    trouble_since: Mapped[datetime | None]
    # The trouble is that the provider does not accept this server: the operator's business, told to all who
    # administer.
    credentials_refused: Mapped[bool] = mapped_column(default=False)
    # When the provider was last seen to accept this grant outside of other work.
    checked_at: Mapped[datetime | None]
    connected_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()


class OAuthAttempt(Model):
    """A person on the way to a provider and back. Deleted the moment the way back is used."""

    __tablename__ = "oauth_attempts"

    # The hash of `state`: what is stored here would not pass as an answer.
    state_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("user_sessions.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    app: Mapped[str] = mapped_column(sa.String(32))
    verifier_ciphertext: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Another attempt for the same app came back first. Kept until it is too old, so that this one's way
    # back can say so instead of being unknown.
    superseded_at: Mapped[datetime | None]


class RefusingProvider(Model):
    """A provider that did not accept this server's credentials when somebody wanted to connect, and has not
    given any tokens since. There need not be a connection that could say so."""

    __tablename__ = "refusing_providers"

    provider: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=utc_now)


class WebhookEvent(Model):
    """A message from a provider that was taken, by its digest: a copy of it is answered and left alone."""

    __tablename__ = "webhook_events"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
