"""Everything that is stored about one candidate, as plain values: for the candidate, who may ask for it.
People are entitled to what others wrote about them, so notes and feedback are included. Anything that says
nothing about them is left out: links and passcodes of meetings, who hosts, and failed tries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from accounts.audit import Event, record
from extensions import db
from hiring.commands import refuse_erased
from models import (
    Application,
    ApplicationNote,
    Attachment,
    Candidate,
    Interview,
    Mail,
    ReaderRole,
    SlotRequest,
    StageMove,
    User,
)
from timezones import utc_now

# Subject and text of an email that was sent, or None where no copy is kept or none can be opened.
ReadCopy = Callable[[Mail], tuple[str, str] | None]


@dataclass(frozen=True)
class DossierFile:
    """A file that belongs to it: its path in the archive, and where its bytes are stored."""

    path: str
    stored_as: str


@dataclass(frozen=True)
class Dossier:
    """All that is stored about a candidate. `content` holds what JSON can hold."""

    content: dict[str, Any]
    files: tuple[DossierFile, ...]


def take_out(actor: User, candidate: Candidate, read_copy: ReadCopy) -> Dossier:
    """Collect everything about a candidate, and record in the current transaction that `actor` exported it.
    Raises `HiringError` for an erased candidate."""
    refuse_erased(candidate)
    record(Event.CANDIDATE_EXPORTED, f"Exported everything about candidate #{candidate.id}.", actor)
    interviews = _interviews(candidate.id)
    kept = [("files", row) for row in candidate.files if row.removed_at is None]
    kept += [
        (f"interviews/{interview.id}", row)
        for interview in interviews
        for row in interview.attachments
        if row.removed_at is None
    ]
    files = [
        # The number keeps two files of one name apart.
        (DossierFile(f"{folder}/{row.id}-{row.name}", row.stored_as), row)
        for folder, row in kept
    ]
    paths = {row.id: file.path for file, row in files}
    content = {
        "exported_at": _at(utc_now()),
        "candidate": {
            "name": candidate.name,
            "email": candidate.email,
            "phone": candidate.phone,
            "time_zone": candidate.timezone,
            "links": candidate.links,
            "source": candidate.source,
            "added_at": _at(candidate.created_at),
        },
        "files": [_file(row, paths) for row in candidate.files if row.id in paths],
        "applications": [_application(row) for row in _applications(candidate.id)],
        "interviews": [_interview(row, paths, read_copy) for row in interviews],
    }
    return Dossier(content, tuple(file for file, _ in files))


def _applications(candidate_id: int) -> list[Application]:
    return list(
        db.session.scalars(
            sa.select(Application)
            .where(Application.candidate_id == candidate_id)
            .options(
                selectinload(Application.moves).joinedload(StageMove.actor), selectinload(Application.job)
            )
            .order_by(Application.id)
        )
    )


def _interviews(candidate_id: int) -> list[Interview]:
    return list(
        db.session.scalars(
            sa.select(Interview)
            .join(Application, Application.id == Interview.application_id)
            .where(Application.candidate_id == candidate_id)
            .options(
                selectinload(Interview.attachments),
                selectinload(Interview.answers),
                selectinload(Interview.feedback),
                selectinload(Interview.timeline),
                selectinload(Interview.attendees),
                selectinload(Interview.slot_request).selectinload(SlotRequest.picked),
                selectinload(Interview.slots),
            )
            .order_by(Interview.starts_at, Interview.id)
        )
    )


def _application(row: Application) -> dict[str, Any]:
    notes = db.session.scalars(
        sa.select(ApplicationNote)
        .where(ApplicationNote.application_id == row.id)
        .order_by(ApplicationNote.id)
    )
    return {
        "job": row.job.title,
        "stage": row.stage.label,
        "added_at": _at(row.created_at),
        "moves": [
            {"at": _at(move.at), "by": move.actor.name, "from": move.before.label, "to": move.after.label}
            for move in row.moves
        ],
        "notes": [{"at": _at(note.created_at), "by": note.author.name, "text": note.text} for note in notes],
    }


def _interview(row: Interview, paths: dict[int, str], read_copy: ReadCopy) -> dict[str, Any]:
    mails = db.session.scalars(
        sa.select(Mail)
        .where(Mail.interview_id == row.id, Mail.role == ReaderRole.CANDIDATE)
        .order_by(Mail.id)
    )
    return {
        "title": row.title,
        "job": row.application.job.title,
        "type": row.interview_type.label,
        "status": row.status.label,
        "starts_at": _at(row.starts_at),
        "duration_minutes": row.duration_minutes,
        "time_zone": row.timezone,
        "phone_number": row.phone_number,
        "address": row.address,
        "directions": row.directions,
        "agenda": row.agenda,
        "message_to_candidate": row.message_to_candidate,
        "internal_notes": row.internal_notes,
        "hiring_manager": row.hiring_manager.name,
        "scheduled_by": row.scheduler.name,
        "attendees": [attendee.name for attendee in row.attendees],
        "offered_times": [_at(slot.starts_at) for slot in row.slots],
        "answers": [
            {
                "at": _at(answer.at),
                "kind": answer.kind.value,
                "words": answer.words,
                "reply": answer.reply,
                "proposed_times": [_at(time.starts_at) for time in answer.times],
            }
            for answer in row.answers
        ],
        "feedback": [
            {
                "at": _at(each.updated_at),
                "by": each.user.name,
                "verdict": each.verdict.value,
                "rating": each.rating,
                "notes": each.notes,
            }
            for each in row.feedback
        ],
        "files": [_file(file, paths) for file in row.attachments if file.id in paths],
        "emails": [_email(mail, read_copy) for mail in mails],
        "timeline": [{"at": _at(entry.at), "words": entry.words} for entry in row.timeline],
    }


def _file(row: Attachment, paths: dict[int, str]) -> dict[str, Any]:
    return {"name": row.name, "path": paths[row.id], "added_at": _at(row.created_at), "bytes": row.size_bytes}


def _email(mail: Mail, read_copy: ReadCopy) -> dict[str, Any]:
    subject, text = read_copy(mail) or (None, None)
    sent_at = _at(mail.sent_at) if mail.sent_at is not None else None
    return {"kind": mail.kind, "to": mail.address, "sent_at": sent_at, "subject": subject, "text": text}


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
