"""Copies of emails about interviews, kept so that the team can read exactly what each person received.

A letter is written from the facts at the moment when it is sent, and cannot be recreated later. So the letter
that was handed to the mail server is kept with the email's row: compressed, which makes about three kilobytes
of it, and encrypted, because letters hold links that act for their reader. Attached files are named and not
kept again; their bytes stay with the interview.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from database import SealedBytes
from extensions import db
from messaging.facts import Person
from messaging.invites import Method
from messaging.letters import Letter
from messaging.mime import Envelope, FilePart
from models import Mail
from security import SealBrokenError, TokenVault

# How many copies are sealed again at a time, so that many years of emails need no more memory than this.
_AT_ONCE = 200
# Twice as fast as zlib's usual level, and four percent larger.
_COMPRESSION = 3


@dataclass(frozen=True)
class SentFile:
    """A file that went along, without its bytes."""

    name: str
    size_bytes: int


@dataclass(frozen=True)
class SentCopy:
    """One email as it was sent: what it said, whom its headers named, and which files went along. It came
    from `sender_address`. Replies go to `reply_to`; None where they are not directed anywhere.
    """

    letter: Letter
    sender_name: str
    sender_address: str
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    reply_to: Person | None
    files: tuple[SentFile, ...] = ()


def copy_of(letter: Letter, envelope: Envelope, files: tuple[FilePart, ...] = (), *, sender: str) -> SentCopy:
    """What one email says, from the parts that it is made of. `sender` is the bare address it comes from."""
    return SentCopy(
        letter,
        envelope.sender_name,
        sender,
        envelope.to,
        envelope.cc,
        envelope.reply_to if envelope.reply_to.address else None,
        tuple(SentFile(file.name, len(file.content)) for file in files),
    )


@dataclass(frozen=True)
class MailCopies:
    """Seals and opens the copies of this installation."""

    vault: TokenVault

    def sealed(self, mail_id: int, copy: SentCopy) -> SealedBytes:
        """The copy as the row of that email keeps it."""
        return self.vault.seal_bytes(zlib.compress(_written(copy), _COMPRESSION), belongs_to=_owner(mail_id))

    def opened(self, mail_id: int, sealed: SealedBytes) -> SentCopy:
        """What the email said. Raises `SealBrokenError` when no key of this server opens it."""
        return _read(zlib.decompress(self.vault.open_bytes(sealed, belongs_to=_owner(mail_id))))


def reseal_copies(vault: TokenVault) -> tuple[int, int]:
    """Seal the copies of all emails with the newest key of `vault`, in the current transaction; returns how
    many are now, and how many no key opens. Those stay as they are."""
    resealed = broken = last = 0
    kept = sa.select(Mail.id, Mail.sealed_copy).where(Mail.sealed_copy.is_not(None)).order_by(Mail.id)
    while rows := db.session.execute(kept.where(Mail.id > last).limit(_AT_ONCE)).all():
        for mail_id, sealed in rows:
            last = mail_id
            assert sealed is not None, "only rows with a copy were asked for"
            try:
                renewed = vault.reseal_bytes(sealed)
            except SealBrokenError:
                broken += 1
                continue
            db.session.execute(sa.update(Mail).where(Mail.id == mail_id).values(sealed_copy=renewed))
            resealed += 1
    return resealed, broken


def _owner(mail_id: int) -> str:
    return f"mail:{mail_id}"


def _written(copy: SentCopy) -> bytes:
    # By hand, because `dataclasses.asdict` takes as long as everything else together.
    ics = copy.letter.ics
    stored = {
        **vars(copy),
        "letter": {**vars(copy.letter), "ics": base64.b64encode(ics).decode() if ics is not None else None},
        "to": [vars(person) for person in copy.to],
        "cc": [vars(person) for person in copy.cc],
        "reply_to": vars(copy.reply_to) if copy.reply_to is not None else None,
        "files": [vars(file) for file in copy.files],
    }
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode()


def _read(content: bytes) -> SentCopy:
    stored: dict[str, Any] = json.loads(content)
    letter, reply_to = stored["letter"], stored["reply_to"]
    ics = base64.b64decode(letter["ics"]) if letter["ics"] is not None else None
    return SentCopy(
        Letter(
            letter["subject"],
            letter["text"],
            letter["html"],
            ics,
            cast("Method | None", letter["ics_method"]),
        ),
        stored["sender_name"],
        stored["sender_address"],
        tuple(Person(**person) for person in stored["to"]),
        tuple(Person(**person) for person in stored["cc"]),
        Person(**reply_to) if reply_to is not None else None,
        tuple(SentFile(**file) for file in stored["files"]),
    )
