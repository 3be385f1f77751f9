"""Erasing candidates, by hand and by the retention setting."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from accounts.audit import Event
from database import SealedBytes
from extensions import db
from hiring import retention
from hiring.commands import HiringError, NewCandidate, add_application, add_candidate, add_note
from hiring.erasing import erase_candidate
from hiring.imports import start_import
from models import (
    Application,
    AuditEntry,
    CallKind,
    CallState,
    Candidate,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    MeetingCall,
    Organization,
    Stage,
    Task,
    TaskState,
    User,
)
from scheduling.drafts import starting
from scheduling.mails import outcomes
from tests.factories import (
    CreatedCandidate,
    Member,
    Team,
    create_candidate,
    create_team,
    schedule,
)
from tests.hiring.conftest import Rows, rows_of
from tests.machines.clock import Clock
from tests.pages.visitor import Visitor
from timezones import utc_now

NAME, ADDRESS, PHONE = "Zaphod Beeblebrox", "zaphod.beeblebrox@mail.example", "+99 12 345 67 89"
OLD_NAME, OLD_ADDRESS = "Zaphod Before", "before@mail.example"
PERSONAL = ("zaphod", "beeblebrox", "before@", "345 67", "betelgeuse")


@pytest.fixture
def both(clock: Clock, app: Flask) -> Iterator[Team]:
    """The team on each kind of database, inside its application context."""
    with rows_of(app)():
        yield create_team()


def user(member: Member) -> User:
    return db.session.get_one(User, member.id)


def application_of(candidate: CreatedCandidate) -> Application:
    return db.session.get_one(Application, candidate.application_id)


def everything_stored() -> str:
    """Every value of every row, in lower case."""
    return "\n".join(
        repr(tuple(row)).lower()
        for table in db.metadata.sorted_tables
        for row in db.session.execute(db.select(table))
    )


def left_behind() -> list[str]:
    db.session.expire_all()
    stored = everything_stored()
    return [word for word in PERSONAL if word in stored]


def zaphod_with_everything(team: Team) -> tuple[CreatedCandidate, int]:
    """A candidate whose name and address are in every kind of row that can hold them."""
    zaphod = create_candidate(OLD_NAME, OLD_ADDRESS, team.job_id, phone=PHONE, timezone="Europe/London")
    interview_id = schedule(
        team.ada,
        zaphod,
        agenda="How Zaphod left Betelgeuse",
        title="Meeting Zaphod",
        message_to_candidate="Dear Zaphod",
        internal_notes="Betelgeuse!",
        passcode="beeblebrox",
        reminder_minutes=(60,),
    )
    interview = db.session.get_one(Interview, interview_id)
    sent, waiting = [mail for mail in interview.mails if mail.address == OLD_ADDRESS]
    outcomes.record_refused(sent.id, words=f"The mail server refused it: 550 <{OLD_ADDRESS}> of Betelgeuse")
    candidate = db.session.get_one(Candidate, zaphod.id)
    candidate.links, candidate.source = ["https://zaphod.example"], "Found on Betelgeuse"
    candidate.name, candidate.email = NAME, ADDRESS
    waiting.name, waiting.address = NAME, ADDRESS
    waiting.sealed_copy = SealedBytes(b"Dear Zaphod")
    assert interview.meeting is not None
    interview.meeting.failure_words = "Zoom does not like Zaphod"
    interview.meeting.shown_topic, interview.meeting.shown_agenda = "Meeting Zaphod", "How Zaphod left"
    interview.phone_number, interview.address, interview.directions = PHONE, "Betelgeuse", "Ask for Zaphod"
    db.session.add(
        MeetingCall(
            meeting_id=interview.meeting.id,
            host_id=team.ben.id,
            walk=1,
            kind=CallKind.CREATE,
            state=CallState.REFUSED,
            topic="Meeting Zaphod",
            agenda="How Zaphod left Betelgeuse",
            starts_at=interview.starts_at,
            duration_minutes=45,
            timezone="UTC",
            failure_words="Zaphod?",
        )
    )
    for task in db.session.scalars(db.select(Task).where(Task.subject == f"interview:{interview_id}")):
        task.last_error = f"550 <{ADDRESS}> unknown"
    add_note(user(team.ada), application_of(zaphod), "Zaphod has two heads")
    starting.start(user(team.ben), zaphod.id).payload = {"setup": {"agenda": "Betelgeuse again"}}
    start_import(user(team.ben), team.job_id, f"name,email\nx,{ADDRESS.upper()}")
    db.session.commit()
    return zaphod, interview_id


def test_nothing_of_an_erased_candidate_is_left_in_any_row(both: Team, clock: Clock) -> None:
    zaphod, interview_id = zaphod_with_everything(both)
    assert left_behind() == list(PERSONAL)
    clock.now += timedelta(days=10)
    erase_candidate(user(both.ada), db.session.get_one(Candidate, zaphod.id))
    db.session.commit()
    assert left_behind() == []
    interview = db.session.get_one(Interview, interview_id)
    assert interview.candidate.name == f"Erased candidate #{zaphod.id}"
    assert interview.title == "Backend Engineer Interview"
    assert interview.link_generation == 1
    # What emails said is encrypted, and is erased like the rest.
    assert {mail.sealed_copy for mail in interview.mails} == {None}
    words = [entry.words for entry in interview.timeline]
    assert f"Invitation to Erased candidate #{zaphod.id} could not be delivered." in words
    assert words[-1] == "Ada Berg erased the candidate"


def test_counts_and_other_people_stay(both: Team, clock: Clock) -> None:
    zaphod, interview_id = zaphod_with_everything(both)
    db.session.get_one(Application, zaphod.application_id).stage = Stage.OFFER
    theirs = schedule(both.ada, both.dina, agenda="Only about Dina")
    clock.now += timedelta(days=10)
    erase_candidate(user(both.ada), db.session.get_one(Candidate, zaphod.id))
    db.session.commit()
    assert db.session.get_one(Application, zaphod.application_id).stage is Stage.OFFER
    assert db.session.get_one(Interview, interview_id).status is InterviewStatus.SCHEDULED
    dina = db.session.get_one(Candidate, both.dina.id)
    assert (dina.name, dina.email) == (both.dina.name, both.dina.email)
    assert db.session.get_one(Interview, theirs).agenda == "Only about Dina"
    managers = [m.address for m in db.session.get_one(Interview, interview_id).mails if m.user_id]
    assert set(managers) == {both.ben.email, both.ada.email}
    [entry] = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.event == Event.CANDIDATE_ERASED.value)
    )
    assert (entry.words, entry.actor_id) == (f"Erased candidate #{zaphod.id}.", both.ada.id)


def test_mails_that_have_not_left_never_leave(both: Team, clock: Clock) -> None:
    zaphod, interview_id = zaphod_with_everything(both)
    clock.now += timedelta(days=10)
    erase_candidate(user(both.ada), db.session.get_one(Candidate, zaphod.id))
    db.session.commit()
    states = {mail.state for mail in db.session.get_one(Interview, interview_id).mails}
    assert MailState.QUEUED not in states


def test_address_can_be_used_again_and_the_stub_stays_what_it_is(both: Team, clock: Clock) -> None:
    zaphod, _ = zaphod_with_everything(both)
    clock.now += timedelta(days=10)
    stub = db.session.get_one(Candidate, zaphod.id)
    erase_candidate(user(both.ada), stub)
    again = add_candidate(NewCandidate(NAME, ADDRESS, "", None, both.job_id))
    db.session.commit()
    assert again.id != stub.id
    with pytest.raises(HiringError):
        add_note(user(both.ada), application_of(zaphod), "Zaphod is back")


def test_odd_names_are_found_in_the_timeline(both: Team, clock: Clock) -> None:
    odd = create_candidate("A.*(b\\1", "odd@mail.example", both.job_id)
    interview_id = schedule(both.ada, odd, software=None)
    mail = db.session.scalars(db.select(Mail).where(Mail.address == "odd@mail.example")).one()
    outcomes.record_refused(mail.id, words="odd@mail.example is unknown")
    clock.now += timedelta(days=10)
    erase_candidate(user(both.ada), db.session.get_one(Candidate, odd.id))
    db.session.commit()
    words = [entry.words for entry in db.session.get_one(Interview, interview_id).timeline]
    assert f"Invitation to Erased candidate #{odd.id} could not be delivered." in words
    assert not any("odd@" in line or "(b" in line for line in words)


def test_short_name_is_not_cut_out_of_other_words(both: Team, clock: Clock) -> None:
    ed = create_candidate("Ed", "ed@mail.example", both.job_id)
    interview_id = schedule(both.ada, ed, software=None)
    clock.now += timedelta(days=10)
    erase_candidate(user(both.ada), db.session.get_one(Candidate, ed.id))
    db.session.commit()
    assert db.session.get_one(Interview, interview_id).timeline[0].words == "Ada Berg scheduled the interview"


@pytest.mark.parametrize(
    ("status", "ahead", "is_refused"),
    [
        (InterviewStatus.SCHEDULED, timedelta(days=1), True),
        (InterviewStatus.SCHEDULED, -timedelta(minutes=30), True),
        (InterviewStatus.SCHEDULED, -timedelta(minutes=46), False),
        (InterviewStatus.REQUESTED, timedelta(days=1), True),
        (InterviewStatus.ACCEPTED, timedelta(days=1), True),
        (InterviewStatus.CANCELLED, timedelta(days=1), False),
    ],
)
def test_coming_interview_has_to_be_cancelled_first(
    both: Team, status: InterviewStatus, ahead: timedelta, is_refused: bool
) -> None:
    interview = db.session.get_one(Interview, schedule(both.ada, both.dina))
    interview.status, interview.starts_at = status, utc_now() + ahead
    db.session.commit()
    dina = db.session.get_one(Candidate, both.dina.id)
    if is_refused:
        with pytest.raises(HiringError, match="Cancel the upcoming interviews first"):
            erase_candidate(user(both.ada), dina)
        assert dina.erased_at is None
    else:
        erase_candidate(user(both.ada), dina)
        assert dina.erased_at is not None


def test_no_one_is_erased_while_a_mail_of_theirs_is_leaving(both: Team, clock: Clock) -> None:
    schedule(both.ada, both.dina, software=None)
    clock.now += timedelta(days=10)
    task = db.session.scalars(db.select(Task).where(Task.kind == "send_mail").limit(1)).one()
    task.state = TaskState.RUNNING
    with pytest.raises(HiringError, match="being sent right now"):
        erase_candidate(user(both.ada), db.session.get_one(Candidate, both.dina.id))


# Automatic erasure


def retain(days: int | None) -> None:
    db.session.get_one(Organization, 1).retention_days = days
    db.session.commit()


def erased() -> set[int]:
    db.session.expire_all()
    return set(db.session.scalars(db.select(Candidate.id).where(Candidate.erased_at.is_not(None))))


def test_candidates_are_kept_forever_unless_the_organization_says_otherwise(both: Team, clock: Clock) -> None:
    clock.now += timedelta(days=5000)
    retention.ERASE_EXPIRED.run()
    assert erased() == set()


def test_candidates_are_erased_so_many_days_after_their_last_interview(both: Team, clock: Clock) -> None:
    retain(30)
    interviewed = create_candidate("Omar Haddad", "omar@mail.example", both.job_id)
    schedule(both.ada, interviewed, starts_at=clock.now + timedelta(days=20))
    clock.now += timedelta(days=30, minutes=1)
    retention.ERASE_EXPIRED.run()
    assert erased() == {both.dina.id}
    clock.now += timedelta(days=20)
    retention.ERASE_EXPIRED.run()
    assert erased() == {both.dina.id, interviewed.id}
    words = list(db.session.scalars(db.select(AuditEntry.words).order_by(AuditEntry.id)))[-2:]
    assert words == [
        f"Erased candidate #{candidate}, 30 days after the last interview."
        for candidate in (both.dina.id, interviewed.id)
    ]


def test_someone_with_whom_something_happened_lately_is_kept(both: Team, clock: Clock) -> None:
    retain(30)
    noted = create_candidate("Omar Haddad", "omar@mail.example", both.job_id)
    applied = create_candidate("Lin Wu", "lin@mail.example", both.job_id)
    clock.now += timedelta(days=31)
    add_note(user(both.ada), application_of(noted), "Asked for a later date.")
    add_application(db.session.get_one(Candidate, applied.id), both.other_job_id)
    db.session.commit()
    retention.ERASE_EXPIRED.run()
    assert erased() == {both.dina.id}


def test_retention_looks_once_a_day_and_then_goes_on_until_no_one_is_due(
    both: Team, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    retain(30)
    people = [create_candidate(f"Person {n}", f"person{n}@mail.example", both.job_id).id for n in range(4)]
    clock.now += timedelta(days=31)
    sizes = []
    for _ in range(4):
        retention.ERASE_EXPIRED.run()
        sizes.append(len(erased()))
    assert sizes == [2, 4, 5, 5]
    late = create_candidate("Late", "late@mail.example", both.job_id).id
    long_ago = clock.now - timedelta(days=60)
    db.session.get_one(Candidate, late).created_at = long_ago
    for application in db.session.get_one(Candidate, late).applications:
        application.created_at = long_ago
    db.session.commit()
    clock.now += timedelta(hours=23)
    retention.ERASE_EXPIRED.run()
    assert late not in erased()
    clock.now += timedelta(hours=1)
    retention.ERASE_EXPIRED.run()
    assert erased() == {*people, both.dina.id, late}


def test_unconfirmed_lists_are_forgotten_after_a_day(both: Team, clock: Clock) -> None:
    start_import(user(both.ada), both.job_id, "name,email\nZaphod,zaphod@mail.example")
    db.session.commit()
    clock.now += timedelta(days=1, minutes=1)
    retention.ERASE_EXPIRED.run()
    assert "zaphod" not in everything_stored()


# The pages


def test_page_says_what_goes_and_the_button_does_it(rows: Rows, team: Team, ada: Visitor) -> None:
    address = f"/candidates/{team.dina.id}"
    assert f"{address}/erase" in ada.get(address).html
    page = ada.get(f"{address}/erase").words
    assert "This can't be undone" in page
    with rows():
        assert erased() == set()
    ada.post(f"{address}/erase", status=303)
    assert "The candidate was erased." in ada.get("/candidates").words
    page = ada.get(address).words
    assert f"Erased candidate #{team.dina.id}" in page
    assert "This person's data was erased on" in page
    assert "erased.invalid" not in ada.get(address).html
    assert "Schedule Interview" not in page
    for elsewhere in ("/candidates", "/search?q=erased", "/search?q=dina"):
        assert f"Erased candidate #{team.dina.id}" not in ada.get(elsewhere).words
    assert f"Erased candidate #{team.dina.id}" in ada.get(f"/jobs/{team.job_id}").words
    for rest in ("/edit", "/schedule"):
        ada.post(address + rest, {"name": "x"}, status=404 if rest == "/edit" else 303)
    with rows():
        assert db.session.scalars(db.select(Interview)).all() == []


def test_page_asks_about_interviews_that_are_still_to_take_place(
    rows: Rows, team: Team, ada: Visitor
) -> None:
    with rows():
        schedule(team.ada, team.dina)
    address = f"/candidates/{team.dina.id}/erase"
    # The button alone, from a page that was opened earlier, cancels nothing.
    ada.post(address, leads_to=address, status=303)
    page = ada.get(address)
    assert "This interview is cancelled first, and everyone who was invited is told" in page.words
    assert "Dina Kaur, Backend Engineer Interview" in page.words
    again = ada.submit(page, "Cancel and erase permanently", words="x" * 1001, status=422)
    assert "Keep it under 1,000 characters." in again.words
    done = ada.follow(ada.submit(again, "Cancel and erase permanently", words="Sorry.", status=303))
    assert "Dina Kaur is erased as soon as everyone has been told." in done.words
    with rows():
        assert erased() == set()
        [interview] = db.session.scalars(db.select(Interview))
        assert interview.status is InterviewStatus.CANCELLED


def test_hiring_manager_erases_only_candidates_that_are_all_theirs(
    rows: Rows, team: Team, ben: Visitor, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        db.session.add(Application(candidate_id=team.dina.id, job_id=team.other_job_id))
        db.session.commit()
    address = f"/candidates/{team.dina.id}/erase"
    assert "is also on jobs that aren't yours" in ben.get(address).words
    ben.post(address, status=403)
    with rows():
        assert erased() == set()
        theirs = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    ben.post(f"/candidates/{theirs.id}/erase", status=303)
    with rows():
        assert erased() == {theirs.id}
