"""connected apps: passing trouble, checks, attempts that lost, webhooks, and mails about them

Revision: 0002
Follows: 0001
Made: 2026-11-22 18:35:00
"""

import sqlalchemy as sa
from alembic import op

import database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD_KINDS = (
    "invitation",
    "reminder",
    "team_invitation",
    "password_reset",
    "password_changed",
    "ask_to_connect",
)
_NEW_KINDS = ("app_connected", "reconnect_needed", "credentials_refused")


def upgrade() -> None:
    op.add_column("connections", sa.Column("trouble", sa.String(length=500), nullable=True))
    op.add_column("connections", sa.Column("trouble_since", database.UTCDateTime(), nullable=True))
    op.add_column(
        "connections",
        sa.Column("credentials_refused", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("connections", sa.Column("checked_at", database.UTCDateTime(), nullable=True))
    op.add_column(
        "connections",
        sa.Column("refresh_may_be_lost", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("oauth_attempts", sa.Column("superseded_at", database.UTCDateTime(), nullable=True))
    op.add_column(
        "user_sessions",
        sa.Column("connect_notice_warns", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _note_accounts()
    op.create_table(
        "refusing_providers",
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("since", database.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_refusing_providers")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", database.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_webhook_events")),
    )
    op.create_index(op.f("ix_webhook_events_received_at"), "webhook_events", ["received_at"])
    _allow_kinds((*_OLD_KINDS, *_NEW_KINDS))


def downgrade() -> None:
    mails = sa.table("mails", sa.column("kind"))
    op.execute(sa.delete(mails).where(mails.c.kind.in_(_NEW_KINDS)))
    _allow_kinds(_OLD_KINDS)
    op.drop_index(op.f("ix_webhook_events_received_at"), "webhook_events")
    op.drop_table("webhook_events")
    op.drop_table("refusing_providers")
    op.drop_column("oauth_attempts", "superseded_at")
    op.drop_column("user_sessions", "connect_notice_warns")
    for table in ("meetings", "meeting_attempts"):
        op.drop_column(table, "account_id")
    for column in ("refresh_may_be_lost", "checked_at", "credentials_refused", "trouble_since", "trouble"):
        op.drop_column("connections", column)


def _note_accounts() -> None:
    """Write into every meeting and every try on which account it lies: until now, that of its connection."""
    connections = sa.table("connections", sa.column("id"), sa.column("account_id"))
    for name in ("meetings", "meeting_attempts"):
        op.add_column(name, sa.Column("account_id", sa.String(length=128), nullable=True))
        table = sa.table(name, sa.column("connection_id"), sa.column("account_id"))
        its = sa.select(connections.c.account_id).where(connections.c.id == table.c.connection_id)
        op.execute(sa.update(table).values(account_id=its.scalar_subquery()))


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    """Let `mails.kind` take exactly these values."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("mails") as mails:
        mails.drop_constraint(op.f("ck_mails_kind"), type_="check")
        mails.create_check_constraint(op.f("ck_mails_kind"), f"kind IN ({listed})")
