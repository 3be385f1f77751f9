"""A kind of mail is one Python file and one folder of templates, and nothing else has to know about it."""

import re
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy.exc import IntegrityError

import background
from extensions import db
from messaging.facts import Person, facts_of, reader_of
from messaging.rendering import FOLDERS
from models import Attendee, Interview, InterviewStatus, Mail, MailState, Organization, ReaderRole, User
from scheduling.mails.queue import INVITATION, current_occasion, recipients_of
from scheduling.plans import Participant
from tasks.mails import kinds
from tasks.mails.previews import preview
from tests.architecture.repository import ROOT, product_files
from tests.tasks.installation import Installation
from timezones import utc_now
from work import mail as mails
from work.mail import NewMail, Recipient, UnknownKindError

SAM = "sam@partner.example"
# The modules that carry mails, which must not know one kind from another, and those that decide who gets
# which.
CARRYING = {"messaging", "tasks", "work", "web"}
DECIDING = {Path("accounts/mails.py"), Path("scheduling/mails/queue.py")}

# What is added with a new kind of mail: this one goes to a person who was removed from an interview.
KIND_FILE = """
from tasks.mails.interviews import InterviewKind

KIND = InterviewKind(
    name="left_out",
    label="Notice of being taken off",
    calendar="CANCEL",
    why_useless=lambda mail, interview, now: None,
    more=lambda copy: {"greeting": f"Dear {copy.reader.person.name}"},
)
"""
TEMPLATES = {
    "subject.txt": "You are off: {{ facts.title }}",
    "body.txt": "{{ greeting }}, you are not needed at {{ period }}.\n{{ reader.join_page_url }}\n",
    "body.html": "<p>{{ greeting }}, you are not needed at {{ period }}.</p>{{ reader.join_page_url }}\n",
}


@pytest.fixture
def left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The made-up kind, added to the others: one file and one folder."""
    # The product's kinds are declared permanently, before the made-up one is declared for this test.
    kinds.all_kinds()
    code, templates = tmp_path / "kinds", tmp_path / "mail"
    code.mkdir()
    (code / "left_out.py").write_text(KIND_FILE, encoding="utf-8")
    (templates / "left_out").mkdir(parents=True)
    for name, text in TEMPLATES.items():
        (templates / "left_out" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(code)])
    monkeypatch.setattr(FOLDERS, "searchpath", [*FOLDERS.searchpath, str(templates)])
    monkeypatch.setattr(mails, "_declared", dict(mails._declared))
    kinds.all_kinds()
    yield "left_out"
    sys.modules.pop("tasks.mails.kinds.left_out", None)


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    sqlite_installation.connect(sqlite_installation.team.ben)
    return sqlite_installation


def scheduled_with_sam(installation: Installation) -> int:
    return installation.schedule(attendees=(Participant("Sam Ortiz", SAM),))


def sams_copy(interview: Interview) -> Recipient:
    return next(who for who in recipients_of(interview) if who.address == SAM)


def take_sam_off() -> None:
    db.session.delete(db.session.scalars(db.select(Attendee).where(Attendee.email == SAM)).one())
    db.session.commit()


def parts_of(message: EmailMessage) -> tuple[str, Calendar]:
    text = message.get_body(("plain",))
    [calendar] = [part for part in message.iter_attachments() if part.get_filename() == "invite.ics"]
    assert text is not None
    return text.get_content(), Calendar.from_ical(calendar.get_content())


def test_made_up_kind_is_queued_shown_and_delivered(left_out: str, installation: Installation) -> None:
    """To someone who no longer takes part, about an interview that was cancelled: neither keeps it from being
    written or sent, because the kind does not say so."""
    runner = background.make_runner(installation.app)
    interview_id = scheduled_with_sam(installation)
    runner.run_due()
    assert len(installation.simulators.mails(SAM)) == 1
    with installation.writing():
        interview = db.session.get_one(Interview, interview_id)
        about = mails.about_interview(interview.id)
        sam, occasion = sams_copy(interview), current_occasion(interview)
        copies = mails.copies(left_out, about, [sam], occasion=occasion, due_at=utc_now())
        mails.queue(copies, domain="northlight.example")
        interview.status = InterviewStatus.CANCELLED
        take_sam_off()
    assert "waiting: Sending notice of being taken off to 1 person…" in installation.progress(interview_id)
    runner.run_due()
    _, message = [received.message for received in installation.simulators.mails(SAM)]
    text, calendar = parts_of(message)
    assert message["Subject"] == "You are off: Backend Engineer Interview"
    assert text.startswith("Dear Sam Ortiz, you are not needed at ")
    assert calendar["METHOD"] == "CANCEL"
    assert [event["STATUS"] for event in calendar.walk("VEVENT")] == ["CANCELLED"]
    assert "done: Notice of being taken off sent to 1 person Sam Ortiz" in installation.progress(interview_id)
    assert "Notice of being taken off sent to 1 person" in installation.timeline(interview_id)
    with installation.reading():
        interview = db.session.get_one(Interview, interview_id)
        row = mails.latest(about, left_out)
        assert row is not None
        # The address that only Sam's invitation held is still the one in this mail.
        page = re.search(r"\S+/j/\S+", text)
        assert page is not None
        facts = facts_of(interview, db.session.get_one(Organization, 1))
        shown = preview(
            left_out,
            facts,
            reader_of(row, interview.candidate.timezone, page[0]),
            sender="jobs@northlight.example",
            made_at=row.created_at,
        )
        assert shown.text.replace("\n", "") == text.replace("\r", "").replace("\n", "")
    first = installation.simulators.mails(SAM)[0].message.get_body(("plain",))
    assert first is not None
    assert page[0] in first.get_content()


def test_every_kind_is_one_file_and_one_folder(left_out: str) -> None:
    names = set(kinds.all_kinds()) - {left_out}
    files = {path.stem for path in (ROOT / "tasks/mails/kinds").glob("*.py")} - {"__init__"}
    folders = {path.name for path in (ROOT / "templates/mail").iterdir() if path.is_dir()}
    assert names == files == folders
    for name in names:
        held = {path.name for path in (ROOT / "templates/mail" / name).iterdir()}
        assert held == {"subject.txt", "body.txt", "body.html"}
        speakers = {path for path, text in product_files() if f'"{name}"' in text}
        assert not [path for path in speakers if path.parts[0] in CARRYING]
        assert len(speakers & DECIDING) == 1


def test_mail_to_someone_who_was_taken_off_is_dropped_by_the_kinds_that_ask_them_to_come(
    installation: Installation,
) -> None:
    installation.simulators.mail_switches(defer_recipients={SAM: 451})
    interview = scheduled_with_sam(installation)
    installation.run_due()
    with installation.writing():
        take_sam_off()
    installation.simulators.mail_switches(defer_recipients={})
    installation.later(hours=1)
    assert installation.simulators.mails(SAM) == []
    *others, sams = installation.mails(interview)
    assert [mail.state for mail in others] == [MailState.SENT] * 2
    assert (sams.state, sams.words) == (MailState.DROPPED, "Sam Ortiz no longer takes part.")


def test_no_one_is_written_to_twice_of_one_kind_on_one_occasion(installation: Installation) -> None:
    """Whatever the mail is about: the same rule applies to mails to the team as to those about interviews."""
    team = installation.team
    owner = Recipient(ReaderRole.TEAM, team.ada.id, "Ada Berg", team.ada.email)
    for kind, about, recipient in (
        ("password_changed", f"user:{team.ada.id}", owner),
        ("credentials_refused", "provider:zoom", owner),
    ):
        with installation.writing():
            twice = [NewMail(kind, about, "n1", recipient, utc_now())]
            mails.queue(twice, domain="northlight.example")
            with pytest.raises(IntegrityError):
                mails.queue(twice, domain="northlight.example")
            db.session.rollback()
    interview = installation.schedule()
    with installation.writing():
        row = db.session.get_one(Interview, interview)
        copies = mails.copies(
            INVITATION,
            mails.about_interview(interview),
            recipients_of(row),
            occasion=current_occasion(row),
            due_at=utc_now(),
        )
        with pytest.raises(IntegrityError):
            mails.queue(copies, domain="northlight.example")


def test_kind_that_no_one_declared_cannot_be_queued(installation: Installation) -> None:
    with installation.writing():
        ada = db.session.get_one(User, installation.team.ada.id)
        recipient = Recipient(ReaderRole.TEAM, ada.id, ada.name, ada.email)
        with pytest.raises(UnknownKindError):
            mails.queue([NewMail("telegram", "user:1", "n1", recipient, utc_now())], domain="x.example")


def test_second_kind_of_one_name_and_a_kind_without_words_are_refused(left_out: str) -> None:
    for label in ("Another", " "):
        with pytest.raises(ValueError):
            mails.MailKind(INVITATION if label.strip() else "speechless", label)


def test_reader_of_a_row_needs_no_interview() -> None:
    mail = Mail(role=ReaderRole.ATTENDEE, user_id=None, name="Sam Ortiz", address=SAM)
    reader = reader_of(mail, None, None)
    assert reader.person == Person("Sam Ortiz", SAM)
