"""Jobs, candidates, and who applied for what."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from anyascii import anyascii
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from database import ZoneName, choice
from extensions import Model
from phone_numbers import digits_to_find
from tables.files import Attachment
from tables.team import User
from timezones import utc_now

_KEY_LENGTH = 160
_APOSTROPHES = str.maketrans("´`", "''")
# Quotation marks, apostrophes and dashes beyond ASCII, as word processors put them.
_PUNCTUATION = frozenset({"Pc", "Pd", "Pi", "Pf", "Po", "Ps", "Pe", "Sk", "Zs"})


@cache
def _typed(sign: str) -> str:
    """The plain-keyboard equivalent of one character of a decomposed text; nothing for combining
    characters."""
    category = unicodedata.category(sign)
    if unicodedata.combining(sign) or category == "Cf":
        return ""
    is_latin = unicodedata.name(sign, "").startswith(("LATIN", "MODIFIER LETTER"))
    return anyascii(sign).replace("`", "'") if is_latin or category in _PUNCTUATION else sign


def search_key(text: str) -> str:
    """`text` as lists order it and searches compare it: as a plain keyboard types it, without case, accents,
    doubled spaces, and signs that no one can see. `Łódź` is `lodz`, `Søren O’Neil` is `soren o'neil`. Scripts
    other than Latin stay, because their readers type them.

    Neither database can do this on its own: SQLite only knows the case of ASCII letters, and PostgreSQL's
    sort order depends on how the cluster was created.
    """
    # An accent alone is how some keyboards write an apostrophe.
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    plain = letters if letters.isascii() else "".join(map(_typed, letters))
    return " ".join(plain.casefold().split())[:_KEY_LENGTH]


class Stage(StrEnum):
    """How far an application has progressed."""

    NEW = "new"
    SCREENING = "screening"
    INTERVIEW = "interview"
    OFFER = "offer"
    HIRED = "hired"
    REJECTED = "rejected"

    @property
    def is_decided(self) -> bool:
        """Whether no more interviews are expected."""
        return self in (Stage.HIRED, Stage.REJECTED)

    @property
    def label(self) -> str:
        return self.value.title()


class Job(Model):
    """An open position. Its hiring manager and its team decide who sees its candidates."""

    __tablename__ = "jobs"
    # The list shows open or closed jobs by title, or all of them, a page at a time.
    __table_args__ = (
        sa.Index("ix_jobs_is_open_title_key_id", "is_open", "title_key", "id"),
        sa.Index("ix_jobs_title_key_id", "title_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    # The keys are updated automatically with what they are made of; see `search_key`.
    title_key: Mapped[str] = mapped_column(sa.String(_KEY_LENGTH))
    department: Mapped[str] = mapped_column(sa.String(120), default="")
    department_key: Mapped[str] = mapped_column(sa.String(_KEY_LENGTH), default="")
    location: Mapped[str] = mapped_column(sa.String(120), default="")
    location_key: Mapped[str] = mapped_column(sa.String(_KEY_LENGTH), default="")
    hiring_manager_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    hiring_manager: Mapped[User] = relationship()
    team: Mapped[list[User]] = relationship(secondary="job_members", order_by="User.name")
    applications: Mapped[list[Application]] = relationship(back_populates="job")
    # Its interview plan, in order; `InterviewTemplate` is a table above this one.
    templates: Mapped[list[Any]] = relationship(
        "InterviewTemplate",
        viewonly=True,
        order_by="(InterviewTemplate.position, InterviewTemplate.id)",
    )

    @property
    def usual_interview_title(self) -> str:
        """The title of an interview for this job, unless someone chooses another."""
        return f"{self.title} Interview"

    @validates("title", "department", "location")
    def _words_changed(self, name: str, words: str) -> str:
        setattr(self, f"{name}_key", search_key(words))
        return words


class JobMember(Model):
    """A person who works on a job in addition to its hiring manager."""

    __tablename__ = "job_members"

    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Candidate(Model):
    """A person who wants a job. One row per email address, no matter how many jobs."""

    __tablename__ = "candidates"
    # The list shows names in order, a page at a time, and never people who were erased. Because the index
    # also contains the address and the telephone number, a search reads the whole index but only the rows
    # that it finds.
    __table_args__ = (
        sa.Index(
            "ix_candidates_name_key_id_email_phone_digits",
            "name_key",
            "id",
            "email",
            "phone_digits",
            sqlite_where=sa.text("erased_at IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    # Updated automatically with the name; see `search_key`.
    name_key: Mapped[str] = mapped_column(sa.String(_KEY_LENGTH))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    # What searches compare of it; updated automatically with it.
    phone_digits: Mapped[str] = mapped_column(sa.String(40), default="")
    # Unknown for most people; emails then show times in the interview's zone and name it.
    timezone: Mapped[str | None] = mapped_column(ZoneName)
    # Where more is known of them, such as a profile or a portfolio; full addresses. And how they were found.
    links: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    source: Mapped[str] = mapped_column(sa.String(80), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # Set when the person was erased: only a stub that keeps the counts right remains.
    erased_at: Mapped[datetime | None]

    applications: Mapped[list[Application]] = relationship(back_populates="candidate")
    # Those that were not deleted, as they were when they were read.
    files: Mapped[list[Attachment]] = relationship(
        viewonly=True,
        primaryjoin=lambda: sa.and_(Attachment.candidate_id == Candidate.id, Attachment.removed_at.is_(None)),
    )

    @validates("name")
    def _name_changed(self, _name: str, name: str) -> str:
        self.name_key = search_key(name)
        return name

    @validates("phone")
    def _phone_changed(self, _name: str, phone: str) -> str:
        self.phone_digits = digits_to_find(phone)
        return phone


class Application(Model):
    """One candidate on one job."""

    __tablename__ = "applications"
    __table_args__ = (sa.UniqueConstraint("candidate_id", "job_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidates.id", ondelete="CASCADE"))
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id"), index=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage, "stage"), default=Stage.NEW)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    candidate: Mapped[Candidate] = relationship(back_populates="applications")
    job: Mapped[Job] = relationship(back_populates="applications")
    # Oldest first, as they were when they were read.
    moves: Mapped[list[StageMove]] = relationship(viewonly=True, order_by="StageMove.id")


class StageMove(Model):
    """One change of an application's stage: who moved it, from where to where, and when.

    Rows are only ever added; taking a move back is another one. They go with the application, and when the
    candidate is erased.
    """

    __tablename__ = "stage_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        sa.ForeignKey("applications.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=utc_now)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    before: Mapped[Stage] = mapped_column(choice(Stage, "before"))
    after: Mapped[Stage] = mapped_column(choice(Stage, "after"))
    # No one chose the stage: an interview was scheduled.
    by_scheduling: Mapped[bool] = mapped_column(default=False)

    actor: Mapped[User] = relationship()


class ApplicationNote(Model):
    """Something the team noted about a candidate on one job; it never leaves the team.

    It belongs to the application, because the people of one job do not see what those of another wrote.
    """

    __tablename__ = "application_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    application: Mapped[Application] = relationship()
    author: Mapped[User] = relationship()


class CandidateImport(Model):
    """A list of candidates that someone uploaded and has not confirmed yet.

    Only the text is kept, and what its sender answered about it. What it would do is computed again each time
    it is shown and when it is confirmed, so nothing here could be trusted by mistake.
    """

    __tablename__ = "candidate_imports"

    # Unguessable, because it is part of addresses.
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("jobs.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.Text)
    # If the file does not name its encoding: the code page in which the text was read, and the file itself,
    # because someone may choose another. Empty otherwise.
    reading: Mapped[str] = mapped_column(sa.String(20), default="")
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    # What the columns mean, which rows are left out or corrected, and whose jobs count; JSON, as text so that
    # erasing a candidate can look for them in it.
    answers: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
