"""Grants that users gave for their apps, the attempts to give one, and what providers sent about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import SealedText, choice
from extensions import Model
from tables.link_nonce import HasLinkNonce
from tables.team import User
from timezones import utc_now


class ConnectionState(StrEnum):
    CONNECTED = "connected"
    RECONNECT_NEEDED = "reconnect_needed"
    # Revoked. The row stays without its tokens, because meetings use it to say whose account they are on.
    ENDED = "ended"


class Connection(Model):
    """One user's grant for one app."""

    __tablename__ = "connections"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "app"),
        # If a provider keeps only the newest grant of an account alive, an account can have only one living
        # row.
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
    # This app's provider keeps only one grant per account alive.
    is_exclusive: Mapped[bool] = mapped_column(default=False)
    account_email: Mapped[str] = mapped_column(sa.String(254))
    account_name: Mapped[str] = mapped_column(sa.String(160))
    plan: Mapped[str] = mapped_column(sa.String(32))
    scopes: Mapped[str] = mapped_column(sa.Text)
    api_url: Mapped[str | None] = mapped_column(sa.String(255))
    # Both tokens, encrypted together with the names of the user, the app, and the account, so that a
    # ciphertext copied into another row cannot be decrypted there.
    ciphertext: Mapped[SealedText] = mapped_column(sa.Text)
    # Raised with every new pair of tokens.
    token_version: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime]
    # After this, the tokens are renewed before they are used again. It is some time before they expire.
    renew_at: Mapped[datetime] = mapped_column(
        default=lambda context: context.get_current_parameters()["expires_at"] - timedelta(minutes=5)
    )
    # The claim on refreshing: only the process that holds it may use the refresh token, which works once.
    refresh_claim: Mapped[str | None] = mapped_column(sa.String(32))
    refresh_claimed_until: Mapped[datetime | None]
    # A temporary fault at the token endpoint: when to ask again, and how often it has failed in a row.
    refresh_after: Mapped[datetime | None]
    refresh_failures: Mapped[int] = mapped_column(default=0)
    # A refresh may have been carried out even though its response never came. If the token we still have
    # turns out to be spent, this is why.
    refresh_may_be_lost: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(sa.String(500))
    problem_since: Mapped[datetime | None]
    # A problem that is not the grant's fault (the provider is down, the operator's credentials are wrong):
    # the grant stays, and this describes the problem until a call succeeds.
    trouble: Mapped[str | None] = mapped_column(sa.String(500))
    trouble_since: Mapped[datetime | None]
    # The problem is that the provider does not accept this server. Only the operator can fix that; everyone
    # who administers is told.
    credentials_refused: Mapped[bool] = mapped_column(default=False)
    # The reason, as a key of `AppSpec.faults`, if the provider gives one.
    refused_because: Mapped[str] = mapped_column(sa.String(40), default="")
    # When a check last showed that the provider accepts this grant.
    checked_at: Mapped[datetime | None]
    connected_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User] = relationship()


class OAuthAttempt(Model):
    """A person on the way to a provider and back. Its secret is deleted as soon as they come back; the rest
    stays for a while, because browsers come back twice: after a double click, or when the page is reloaded.
    """

    __tablename__ = "oauth_attempts"

    # The hash of `state`: what is stored here could not be used to forge a callback.
    state_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("user_sessions.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    app: Mapped[str] = mapped_column(sa.String(32))
    verifier_ciphertext: Mapped[SealedText] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Another attempt for the same app came back first. Kept until it expires, so that the callback of this
    # one can say so instead of being unknown.
    superseded_at: Mapped[datetime | None]
    # When they came back for the first time, and how that ended ("connected", "denied", "approval", "error");
    # None while the provider is still being asked.
    spent_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(sa.String(16))


class ApprovalState(StrEnum):
    WAITING = "waiting"
    GIVEN = "given"
    DECLINED = "declined"
    # Connected since, or given up. The row stays, because its emails count toward how many may be sent.
    OVER = "over"


class AdminApproval(HasLinkNonce, Model):
    """A person who cannot connect an app before an administrator of their organization has allowed it at the
    provider."""

    __tablename__ = "admin_approvals"
    __table_args__ = (sa.UniqueConstraint("user_id", "app"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    app: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[ApprovalState] = mapped_column(choice(ApprovalState, "state"))
    # Which organization it is, as its provider calls it; "" while that is not known.
    directory: Mapped[str] = mapped_column(sa.String(64), default="")
    # Raised when the waiting begins again, so that links of an earlier time answer nothing.
    generation: Mapped[int] = mapped_column(default=1)
    since: Mapped[datetime] = mapped_column(default=utc_now)
    # When an administrator allowed or declined it.
    answered_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class RefusingProvider(Model):
    """A provider that did not accept this server's credentials when someone tried to connect, and has not
    issued any tokens since. There may be no connection that could show this."""

    __tablename__ = "refusing_providers"

    provider: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=utc_now)
    # The reason, as a key of `AppSpec.faults`, if the provider gives one.
    because: Mapped[str] = mapped_column(sa.String(40), default="")


class WebhookEvent(Model):
    """A message that we accepted from a provider, by its digest: a duplicate is acknowledged and ignored."""

    __tablename__ = "webhook_events"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
