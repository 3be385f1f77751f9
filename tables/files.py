"""Uploaded files: those of candidates, and those that go with invitations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import open_choice
from extensions import Model
from tables.team import User
from timezones import utc_now


class FileKind(StrEnum):
    """What a candidate's file is, for people who are looking for the résumé."""

    RESUME = "resume"
    PORTFOLIO = "portfolio"
    OTHER = "other"

    @property
    def label(self) -> str:
        return "Résumé" if self is FileKind.RESUME else self.value.title()


_GIVEN_UP = sa.text(
    "draft_id IS NULL AND interview_id IS NULL AND candidate_id IS NULL AND template_id IS NULL"
)


class Attachment(Model):
    """An uploaded file, whose bytes are in the instance folder. It is a candidate's own, or goes with an
    interview's invitation: then it first belongs to a draft, and to the interview once that is made of it.
    Those of an interview template are copied, as rows that share the bytes."""

    __tablename__ = "attachments"
    __table_args__ = (
        sa.CheckConstraint("size_bytes > 0", name="size_bytes"),
        sa.CheckConstraint(
            "candidate_id IS NULL OR (draft_id IS NULL AND interview_id IS NULL)", name="one_place"
        ),
        sa.CheckConstraint(
            "template_id IS NULL OR (candidate_id IS NULL AND draft_id IS NULL AND interview_id IS NULL)",
            name="of_template",
        ),
        # The chore looks for these at every tick: what waits for its file to be removed, and what was deleted
        # and can still be put back. Nearly always there is neither.
        sa.Index("ix_attachments_given_up", "id", sqlite_where=_GIVEN_UP, postgresql_where=_GIVEN_UP),
        sa.Index(
            "ix_attachments_removed_at",
            "removed_at",
            sqlite_where=sa.text("removed_at IS NOT NULL"),
            postgresql_where=sa.text("removed_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # If these four are empty, the row only waits for its file to be removed.
    candidate_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("candidates.id", ondelete="SET NULL"), index=True
    )
    draft_id: Mapped[str | None] = mapped_column(sa.ForeignKey("drafts.id", ondelete="SET NULL"), index=True)
    interview_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("interviews.id", ondelete="CASCADE"), index=True
    )
    template_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("interview_templates.id", ondelete="SET NULL"), index=True
    )
    # As the person's computer called it; never part of a path of ours.
    name: Mapped[str] = mapped_column(sa.String(160))
    content_type: Mapped[str] = mapped_column(sa.String(100))
    size_bytes: Mapped[int]
    # SHA-256 of the content, in hex: the same file is not kept twice at a candidate.
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    # The random name of the file that holds the bytes. Copies of a template's file have the same.
    stored_as: Mapped[str] = mapped_column(sa.String(64), index=True)
    is_for_team_only: Mapped[bool] = mapped_column(default=False)
    # Of a candidate's own file only: what it is, and when it was deleted, which can be undone for a while.
    kind: Mapped[FileKind | None] = mapped_column(open_choice(FileKind))
    removed_at: Mapped[datetime | None]
    uploaded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    uploaded_by: Mapped[User] = relationship()
