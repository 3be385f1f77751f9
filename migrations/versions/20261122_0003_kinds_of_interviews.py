"""kinds of interviews: by phone, in person, with a pasted link; attachments; the organisation's words

Revision: 0003
Follows: 0002
Made: 2026-11-22 18:40:00
"""

import sqlalchemy as sa
from alembic import op

import database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column("is_for_team_only", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachments_size_bytes")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_attachments_draft_id_drafts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_attachments_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_attachments_uploaded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_attachments_stored_as")),
    )
    op.create_index(op.f("ix_attachments_draft_id"), "attachments", ["draft_id"])
    op.create_index(op.f("ix_attachments_interview_id"), "attachments", ["interview_id"])
    op.add_column("meetings", sa.Column("label", sa.String(length=60), nullable=True))
    op.add_column("interviews", sa.Column("phone_number", sa.String(length=40), nullable=True))
    op.add_column(
        "interviews",
        # The check stands with the column: SQLite can add it in no other way without copying the table.
        sa.Column(
            "phone_caller",
            sa.String(length=32),
            sa.CheckConstraint(
                "phone_caller IN ('team', 'candidate')", name=op.f("ck_interviews_phone_caller")
            ),
            nullable=True,
        ),
    )
    op.add_column("interviews", sa.Column("address", sa.String(length=300), nullable=True))
    op.add_column("interviews", sa.Column("directions", sa.String(length=1000), nullable=True))
    op.add_column(
        "mails", sa.Column("leaves_files_out", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for name in ("invitation_intro", "invitation_closing"):
        op.add_column(
            "organisations", sa.Column(name, sa.String(length=1000), nullable=False, server_default="")
        )


def downgrade() -> None:
    for name in ("invitation_closing", "invitation_intro"):
        op.drop_column("organisations", name)
    op.drop_column("mails", "leaves_files_out")
    for name in ("directions", "address", "phone_caller", "phone_number"):
        op.drop_column("interviews", name)
    op.drop_column("meetings", "label")
    op.drop_table("attachments")
