"""Hostile text in every row that an email can quote, through every kind of email, as a server receives it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from connections.app_spec import AppClients
from extensions import db
from messaging.mime import mime_of
from models import (
    AdminApproval,
    AnswerKind,
    ApprovalState,
    CandidateAnswer,
    Connection,
    ConnectionState,
    FailureReason,
    Interview,
    Invitation,
    Mail,
    MailState,
    MailTrouble,
    MeetingState,
    OutgoingWebhook,
    PasswordReset,
    ReaderRole,
)
from providers.microsoft.provider import MicrosoftSettings, OutlookCalendarApp
from scheduling.mails.refusals import _occasion
from scheduling.plans import Participant
from services import services
from tasks.mails.interviews import InterviewKind
from tasks.mails.kind import Ready, Workshop, workshop_of
from tasks.mails.kinds import all_kinds
from tests.factories import ZOOM, create_connection
from tests.machines.application import use_services
from tests.machines.counts import Counts
from tests.messaging.test_calendar_parsers import by_icalendar, by_vobject
from tests.messaging.test_hostile_text import CORPUS
from tests.tasks.installation import Installation
from timezones import utc_now

SENDER = "interviews@smoothhiring.example"
# What people and other servers write. Every table has them under these names.
TYPED = {
    "name", "title", "agenda", "message_to_candidate", "internal_notes", "directions", "phone_number",
    "failure_words", "words", "problem", "account_name", "passcode", "label", "invitation_intro",
    "invitation_closing", "join_url", "reply",
}  # fmt: skip
# What an email quotes from no row: it was passed along when the email was requested.
SAID: Mapping[str, Mapping[str, str]] = {
    "app_connected": {"account": "HOSTILE", "connected_at": "2027-02-01T12:00:00+00:00"},
    "backup_failed": {"why": "HOSTILE"},
    "grants_end": {"whose": "HOSTILE", "why": "HOSTILE"},
    "identity_linked": {"label": "HOSTILE", "account": "HOSTILE"},
    "please_connect": {"asking": "HOSTILE", "app": "zoom"},
    "two_step_changed": {"change": "turned_on"},
    "webhook_off": {"because": "HOSTILE"},
}
# Emails about something other than the interview.
ABOUT = {
    "app_connected": "connection:1",
    "approval_given": "admin_approval:1",
    "ask_administrator": "admin_approval:1",
    "reconnect_needed": "connection:1",
    "ask_to_connect": "user:2",
    "backup_failed": "backup:nightly",
    "credentials_refused": "provider:zoom",
    "grants_end": "app:zoom",
    "identity_linked": "user:1",
    "password_changed": "user:1",
    "password_reset": "password_reset:1",
    "please_connect": "user:1",
    "team_invitation": "invitation:1",
    "test_email": "user:1",
    "two_step_changed": "user:1",
    "webhook_off": "webhook:1",
}
# No database holds half a character.
STORABLE = {name: text for name, text in CORPUS.items() if name != "lone surrogate"}

# The texts for an ordinary run.
WORST = ("controls", "right to left", "calendar property", "html")


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    """An installation with a row for everything that an email can be about."""
    outlook = OutlookCalendarApp(MicrosoftSettings("an-id", "a-secret")).oauth
    alive = services(sqlite_installation.app).connections
    clients = AppClients(oauth=outlook, accounts=alive.clients[ZOOM].accounts, approvals=outlook)
    with_outlook = {**alive.clients, "outlook-calendar": clients}
    use_services(sqlite_installation.app, connections=replace(alive, clients=with_outlook))
    with sqlite_installation.writing():
        team = sqlite_installation.team
        create_connection(team.ben.id, state=ConnectionState.RECONNECT_NEEDED, problem_since=utc_now())
        db.session.add(
            AdminApproval(user_id=team.ben.id, app="outlook-calendar", state=ApprovalState.WAITING)
        )
        later = utc_now() + timedelta(days=1)
        db.session.add(OutgoingWebhook(id=1, url="https://hooks.example.com/", sealed_secret="sealed"))
        db.session.add(PasswordReset(user_id=team.ben.id, expires_at=later))
        db.session.add(Invitation(user_id=team.cleo.id, invited_by_id=team.ben.id, expires_at=later))
        db.session.commit()
    interview = sqlite_installation.schedule(
        attendees=(Participant("Sam Ortiz", "sam@partner.example"),), reminder_minutes=(60,)
    )
    with sqlite_installation.writing():
        row = db.session.get_one(Interview, interview)
        assert row.meeting is not None
        row.meeting.state, row.meeting.failure = MeetingState.FAILED, FailureReason.REFUSED
        said = CandidateAnswer(
            interview_id=interview, kind=AnswerKind.MOVE, starts_at=row.starts_at, words="Why", reply="No"
        )
        db.session.add(said)
        refused = db.session.scalars(db.select(Mail)).first()
        assert refused is not None
        refused.state, refused.trouble = MailState.FAILED, MailTrouble.ADDRESS
        db.session.commit()
    return sqlite_installation


def make_hostile(text: str) -> None:
    for table in db.metadata.sorted_tables:
        typed = {
            column.name: text[: getattr(column.type, "length", None) or len(text)]
            for column in table.columns
            if column.name in TYPED and isinstance(column.type, sa.String) and not column.primary_key
        }
        if typed and not {"kind", "beat_at"} & set(typed):
            db.session.execute(sa.update(table).values(typed))
    db.session.expire_all()


def letter_of(kind: str, role: ReaderRole, text: str, workshop: Workshop) -> Ready:
    """One email of a kind, as the handler makes it when nothing keeps it from leaving."""
    to_team = role is ReaderRole.TEAM
    occasions = {
        "address_refused": _occasion("dina.kaur@mail.example"),
        "reconnect_needed": "n1-nudge-1",
        "candidate_answer": "answer-1",
        "time_kept": "answer-1",
        "slot_request": "slots-1-nudge-1",
        "slot_chosen": "slots-1",
        "slots_withdrawn": "slots-1",
    }
    mail = Mail(
        id=999,
        about=ABOUT.get(kind, "interview:1"),
        interview_id=None if kind in ABOUT else 1,
        kind=kind,
        occasion=occasions.get(kind, "r0"),
        role=role,
        user_id=2 if to_team else None,
        user=db.session.get_one(Connection, 1).user if to_team else None,
        name=text[:120],
        address="reader@mail.example",
        join_reader=None if to_team else "candidate",
        message_id="<reader@northlight.example>",
        due_at=utc_now(),
        created_at=utc_now(),
        leaves_files_out=False,
    )
    with db.session.no_autoflush:
        db.session.expunge(mail) if mail in db.session else None
        said = {name: value.replace("HOSTILE", text) for name, value in SAID.get(kind, {}).items()}
        of_kind = all_kinds()[kind]
        return of_kind.written(mail, of_kind.thing_of(mail), workshop, said)


def assert_harmless(content: bytes) -> None:
    message: Any = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert set(message.keys()) <= {
        "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
        "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    }  # fmt: skip
    addresses = {
        each.addr_spec
        for name in ("To", "Cc", "Reply-To")
        if message[name]
        for each in message[name].addresses
    }
    assert not {address for address in addresses if "evil" in address}
    assert [each.addr_spec for each in message["From"].addresses] == [SENDER]
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        shown = part.get_content()
        bad = {character for character in shown if is_bad(character)}
        assert not bad, (kind, bad)
        if kind == "html":
            assert "<script" not in shown
            assert "<a href='https://evil" not in shown
    for part in message.iter_attachments():
        calendar = part.get_payload(decode=True)
        assert isinstance(calendar, bytes)
        assert by_icalendar(calendar) == by_vobject(calendar)
        assert "evil" not in "".join(address for address, *_ in by_icalendar(calendar).attendees)


def is_bad(character: str) -> bool:
    if character in "\n\r\t":
        return False
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def test_hostile_text_is_harmless_in_every_kind_of_email(installation: Installation, counts: Counts) -> None:
    texts = list(STORABLE.values()) if counts.is_full else [STORABLE[name] for name in WORST]
    workshop = workshop_of(services(installation.app))
    everyone = (ReaderRole.CANDIDATE, ReaderRole.HIRING_MANAGER, ReaderRole.ATTENDEE)
    with installation.writing():
        for text in texts:
            make_hostile(text)
            for name, kind in all_kinds().items():
                for role in everyone if isinstance(kind, InterviewKind) else (ReaderRole.TEAM,):
                    ready = letter_of(name, role, text, workshop)
                    assert len(ready.letter.subject) <= 180
                    assert_harmless(mime_of(ready.letter, ready.envelope, sender=SENDER, sent_at=utc_now()))
        db.session.rollback()
