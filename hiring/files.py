"""The files that are kept at a candidate: the résumé, a portfolio, and anything else the team has about them.

They are for the team. Everyone who sees the notes of one of the candidate's applications can open them, and
nothing sends them to anyone: for an invitation they are chosen one by one at Details, as copies of their own.
Commands change rows in the current transaction; the bytes are written and removed in `scheduling.files`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from accounts.permissions import Action
from accounts.row_permissions import Asker, candidate_is_within
from extensions import db
from hiring.commands import HiringError, refuse_erased
from models import Attachment, Candidate, FileKind, Interview, Role, User
from scheduling.files.keeping import MEGABYTE, FileError, KeptFile, too_many
from scheduling.files.kinds_of_files import clean_name, numbered
from timezones import utc_now

MOST_FILES = 10
MOST_BYTES_TOGETHER = 25 * MEGABYTE

# What people call such files, in the most common languages; compared without case and accents.
_KINDS = {
    FileKind.RESUME: re.compile(r"\bcv\b|resume|curriculum|lebenslauf|curriculo"),
    FileKind.PORTFOLIO: re.compile(r"portfolio|portefeuille"),
}


_WITH_UPLOADER = joinedload(Attachment.uploaded_by).load_only(User.name)


def kind_in_name(name: str) -> FileKind:
    """What a file is, judging by its name."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return next((kind for kind, words in _KINDS.items() if words.search(plain)), FileKind.OTHER)


def of_candidate(actor: User, candidate_id: int) -> list[Attachment]:
    """The files of a candidate with who uploaded them, résumés first and then the newest, if `actor` may see
    them."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    return in_order(db.session.scalars(_of_candidate(actor.role), told))


def candidate_with_files(actor: User, candidate_id: int) -> Candidate | None:
    """One candidate whom `actor` sees, with the files and who uploaded them, in one statement. Before showing
    the files, ask whether `actor` sees the notes on them."""
    told = {"asker_id": actor.id, "candidate_id": candidate_id}
    return db.session.scalars(_candidate_with_files(actor.role), told).unique().one_or_none()


@cache
def _candidate_with_files(role: Role) -> sa.Select[Candidate]:
    who = joinedload(Candidate.files).joinedload(Attachment.uploaded_by).load_only(User.name)
    within = candidate_is_within(Asker(role), Action.SEE)
    candidate_id = sa.bindparam("candidate_id", type_=sa.Integer())
    return sa.select(Candidate).where(Candidate.id == candidate_id, within).options(who)


def in_order(rows: Iterable[Attachment]) -> list[Attachment]:
    """A candidate's files as they are shown: résumés first, and then the newest."""
    return sorted(rows, key=lambda row: (row.kind is not FileKind.RESUME, -row.id))


@cache
def _of_candidate(role: Role) -> sa.Select[Attachment]:
    return (
        sa.select(Attachment)
        .join(Candidate, Candidate.id == Attachment.candidate_id)
        .where(
            Attachment.candidate_id == sa.bindparam("candidate_id", type_=sa.Integer()),
            Attachment.removed_at.is_(None),
            candidate_is_within(Asker(role), Action.SEE_NOTES),
        )
        .options(_WITH_UPLOADER)
    )


class InterviewFiles(NamedTuple):
    """The files that an interview's page shows: `kept` with the candidate, and `sent` with the invitation."""

    kept: Sequence[Attachment]
    sent: Sequence[Attachment]


NO_FILES = InterviewFiles((), ())


def of_interview(interview: Interview) -> InterviewFiles:
    """The files of an interview and of its candidate, in one statement, for those who see its notes: they see
    the notes of the candidate's application, too."""
    found = db.session.scalars(
        sa.select(Attachment)
        .where(
            sa.or_(
                Attachment.interview_id == interview.id,
                sa.and_(
                    Attachment.candidate_id == interview.application.candidate_id,
                    Attachment.removed_at.is_(None),
                ),
            )
        )
        .options(_WITH_UPLOADER)
        .order_by(Attachment.id)
    ).all()
    return InterviewFiles(
        in_order(row for row in found if row.candidate_id is not None),
        [row for row in found if row.interview_id is not None],
    )


def add(actor: User, candidate: Candidate, kept: KeptFile) -> Attachment:
    """Add a file to a candidate. Raises `FileError` if there are too many or it is there already, and
    `HiringError` for an erased candidate."""
    refuse_erased(candidate)
    # Two tabs that add at the same moment must not get past the limits, or keep one file twice.
    db.session.refresh(candidate, attribute_names=["id"], with_for_update=True)
    present = _present(candidate.id)
    same = next((row for row in present if row.content_hash == kept.content_hash), None)
    if same is not None:
        also = "" if same.name == kept.name else f" as “{same.name}”"
        raise FileError(f"“{kept.name}” was not added: the same file is here already{also}.")
    if len(present) >= MOST_FILES:
        raise too_many(MOST_FILES, kept.name)
    if sum(row.size_bytes for row in present) + kept.size_bytes > MOST_BYTES_TOGETHER:
        most = MOST_BYTES_TOGETHER // MEGABYTE
        raise FileError(f"“{kept.name}” was not added: together a candidate's files may have {most} MB.")
    row = Attachment(
        candidate_id=candidate.id,
        name=numbered(kept.name, {row.name.casefold() for row in present}),
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        content_hash=kept.content_hash,
        stored_as=kept.stored_as,
        kind=kind_in_name(kept.name),
        is_for_team_only=True,
        uploaded_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def change(row: Attachment, name: str, kind: FileKind) -> None:
    """Rename a candidate's file and say what it is. The name's ending stays as it is, because it says what is
    in the file, and need not be typed. Raises `HiringError`."""
    ending = row.name.rpartition(".")[2]
    stem = name.strip()
    if stem.casefold().endswith(f".{ending.casefold()}"):
        stem, ending = stem[: -len(ending) - 1], stem[-len(ending) :]
    if not clean_name(stem):
        raise HiringError("Enter a name.", "name")
    cleaned = clean_name(f"{stem}.{ending}")
    others = [other for other in _present(row.candidate_id) if other.id != row.id]
    if any(other.name.casefold() == cleaned.casefold() for other in others):
        raise HiringError("Another file of this candidate has this name.", "name")
    row.name, row.kind = cleaned, kind


def delete(row: Attachment) -> None:
    """Delete a candidate's file; `restore` puts it back until a chore removes it for good."""
    row.removed_at = utc_now()


def restore(candidate: Candidate, file_id: int) -> Attachment:
    """Put a deleted file back. Raises `HiringError` if it is gone for good, or if there is no more room."""
    refuse_erased(candidate)
    row = db.session.scalar(
        sa.select(Attachment)
        .where(Attachment.id == file_id, Attachment.candidate_id == candidate.id)
        .with_for_update()
    )
    if row is None:
        raise HiringError("The file is gone for good by now. Upload it again.", "files")
    if row.removed_at is None:
        return row
    present = _present(candidate.id)
    size = sum(each.size_bytes for each in present) + row.size_bytes
    if len(present) >= MOST_FILES or size > MOST_BYTES_TOGETHER:
        raise HiringError(f"There is no more room for “{row.name}”. Delete another file first.", "files")
    row.name = numbered(row.name, {each.name.casefold() for each in present})
    row.removed_at = None
    return row


def _present(candidate_id: int | None) -> list[Attachment]:
    return list(
        db.session.scalars(
            sa.select(Attachment)
            .where(Attachment.candidate_id == candidate_id, Attachment.removed_at.is_(None))
            .order_by(Attachment.id)
        )
    )
