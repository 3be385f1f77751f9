"""Many want the same time at the same moment: one gets it, the others are told, nothing waits forever."""

import faulthandler
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

import database
from extensions import db
from hiring.calling_off import cancel_and_erase, close_job
from hiring.commands import CandidateDetails, HiringError, edit_candidate
from hiring.erasing import erase_candidate
from models import Candidate, Interview, InterviewStatus, Job, Mail, Slot, SlotRequest, User
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from scheduling.commands.cancel import Cancellation, NothingToCancelError, cancel_interview
from scheduling.commands.candidate import TooLateToAnswerError
from scheduling.commands.change import Change, ChangedMeanwhileError, change_interview, mark_of
from scheduling.commands.requested_times import AnsweredMeanwhileError
from scheduling.commands.schedule import schedule_interview
from scheduling.commands.ticket import Ticket
from scheduling.commands.time_slots import NotRequestedError, SlotTakenError
from scheduling.drafts import starting
from scheduling.errors import SchedulingError
from scheduling.mails.queue import INVITATION, SLOT_CHOSEN
from scheduling.plans import Participant, plan_of
from scheduling.slots import offered
from services import services
from tests.factories import (
    CreatedCandidate,
    Member,
    Team,
    create_candidate,
    create_team,
    planned,
    request_slots,
    schedule,
    when_at,
)
from tests.machines.application import build_app, close_app, settings_for
from tests.machines.clock import Clock
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.scheduling.slot_checks import assert_no_one_is_double_booked, assert_one_truth

# Locking is their subject.
pytestmark = pytest.mark.both_databases

MANY = 50
Act = Callable[[], object]


@pytest.fixture
def crowd(
    database_url: str, instance_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """An app with one database connection per thread; the usual pool has only a few, and the threads would
    queue for those. On SQLite they write one after another: the last one waits longer than a request would,
    and fifty threads that all check for their turn as often as a few do would leave no time for the work."""
    monkeypatch.setattr(database, "SQLITE_BUSY_TIMEOUT_MS", 60_000)
    monkeypatch.setattr(database, "SQLITE_PAUSE_SECONDS", (0.02, 0.08))
    options = {"pool_size": MANY, "pool_pre_ping": False, "hide_parameters": True}
    settings: dict[str, Any] = {
        **settings_for(database_url, instance_path),
        "SQLALCHEMY_ENGINE_OPTIONS": options,
    }
    app = build_app(settings)
    yield app
    close_app(app)


def at_once(app: Flask, acts: list[Act]) -> list[type[Exception] | None]:
    """Do all of these in separate threads and transactions that start together, and return the error with
    which each was refused."""
    barrier = Barrier(len(acts))

    def do(act: Act) -> type[Exception] | None:
        with in_rows(app):
            # The connection is there before the others start.
            db.session.connection()
            db.session.rollback()
            barrier.wait(timeout=60)
            try:
                act()
                db.session.commit()
            except REFUSALS as error:
                db.session.rollback()
                return type(error)
            return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


REFUSALS = (
    AnsweredMeanwhileError,
    ChangedMeanwhileError,
    HiringError,
    NotRequestedError,
    NothingToCancelError,
    SchedulingError,
    SlotTakenError,
    TooLateToAnswerError,
)


def slot_at(interview_id: int, starts_at: datetime) -> int:
    """The slot at that time, as the candidate's open page shows it."""
    slots = offered(db.session.get_one(Interview, interview_id))
    return next(slot.id for slot in slots if slot.starts_at == starts_at)


def choose(interview_id: int, slot_id: int) -> None:
    time_slots.choose(db.session.get_one(Interview, interview_id), slot_id, services().rules)


def check(*interviews: int) -> None:
    db.session.expire_all()
    for interview in interviews:
        assert_one_truth(db.session.get_one(Interview, interview))
    assert_no_one_is_double_booked()


def status_of(interview_id: int) -> InterviewStatus:
    return db.session.get_one(Interview, interview_id, populate_existing=True).status


def offer_more(interview_ids: list[int], starts: list[datetime]) -> dict[int, int]:
    """Add other times to the same round, one for each interview, and return their ids. A few statements do
    it: really asking again takes longer than the race."""
    picked = db.select(SlotRequest.picked_id).where(SlotRequest.picked_id.is_not(None))
    db.session.execute(db.delete(Slot).where(Slot.interview_id.in_(interview_ids), Slot.id.not_in(picked)))
    rows = [
        {"interview_id": number, "round": 1, **vars(when_at(start))}
        for number, start in zip(interview_ids, starts, strict=True)
    ]
    slots = db.session.execute(db.insert(Slot).returning(Slot.interview_id, Slot.id), rows).all()
    are_asked = SlotRequest.interview_id.in_(interview_ids)
    db.session.execute(db.update(SlotRequest).where(are_asked).values(expires_at=max(starts)))
    db.session.commit()
    return {row.interview_id: row.id for row in slots}


def test_only_one_of_many_who_want_the_same_people_at_the_same_time_gets_them(
    crowd: Flask, clock: Clock, counts: Counts
) -> None:
    # It prints its progress, so it needs no dump that shows where it hangs.
    faulthandler.cancel_dump_traceback_later()
    how_many = counts(ordinary=10, full=MANY)
    first = (clock.now + timedelta(days=1)).replace(hour=9)
    with in_rows(crowd):
        team = create_team()
        people = [
            create_candidate(f"Person {number}", f"person{number}@mail.example", team.job_id)
            for number in range(how_many)
        ]
        asked = [ask(team, person, number, first) for number, person in enumerate(people)]
    # Chance decides who wins, so each run tries other orders of the fifty.
    for day in counts.repeat("rounds of picks", ordinary=1, full=30):
        # They do not all begin at the same minute, but all overlap.
        starts = [first + timedelta(days=day + 1, minutes=15 * (number % 3)) for number in range(how_many)]
        with in_rows(crowd):
            slots = offer_more(asked, starts)
        outcomes = at_once(crowd, [partial(choose, number, slots[number]) for number in asked])
        assert Counter(outcomes) == {None: 1, SlotTakenError: how_many - 1}
        with in_rows(crowd):
            winner = outcomes.index(None)
            chosen = db.session.get_one(Interview, asked[winner])
            assert chosen.starts_at == starts[winner]
            assert_one_truth(chosen)
            # The winner is asked about another interview for the next round.
            asked[winner] = ask(team, people[winner], winner, first)
    with in_rows(crowd):
        assert_no_one_is_double_booked()


def ask(team: Team, person: CreatedCandidate, number: int, first: datetime) -> int:
    """Ask the candidate of each. Ben takes part in every interview, in one role or another, and so gets the
    emails of all."""
    at_once = number % 2 == 0
    far = first + timedelta(days=300 + number)
    if number % 3 == 0:
        return request_slots(team.ada, person, far, at_once=at_once)
    ben, manager = takes_part(team.ben), team.ada if number % 3 == 1 else team.cleo
    return request_slots(
        team.ben, person, far, at_once=at_once, hiring_manager=manager, attendees=(ben,), software=None
    )


def takes_part(member: Member) -> Participant:
    return Participant(member.name, member.email, member.id)


def test_two_tabs_and_two_slots_are_one_interview_and_one_set_of_emails(
    crowd: Flask, clock: Clock, counts: Counts
) -> None:
    with in_rows(crowd):
        team = create_team()
    for day in counts.repeat("two tabs", ordinary=1, full=10):
        starts = [clock.now + timedelta(days=2 + day, hours=hours) for hours in (0, 3)]
        with in_rows(crowd):
            interview_id = request_slots(team.ada, team.dina, *starts, at_once=day % 2 == 0)
            picks = [slot_at(interview_id, start) for start in starts * 2]
        outcomes = at_once(crowd, [partial(choose, interview_id, slot) for slot in picks])
        assert Counter(outcomes) == {None: 1, NotRequestedError: 3}
        with in_rows(crowd):
            interview = db.session.get_one(Interview, interview_id)
            assert interview.starts_at == (starts * 2)[outcomes.index(None)]
            told = Counter(mail.kind for mail in interview.mails)
            is_scheduled = interview.status is InterviewStatus.SCHEDULED
            assert (told[INVITATION], told[SLOT_CHOSEN]) == ((2, 1) if is_scheduled else (0, 2))
            assert len(interview.meetings) == len(interview.revisions) == int(is_scheduled)
            assert_one_truth(interview)


# Races with what the team does at the same moment


class World:
    """Dina is asked for `starts_at` or three hours later, with Ben; earlier that day, Omar has an interview
    with Ben, and Dina one with Cleo. The rival of a choice is one of these methods."""

    def __init__(self, team: Team, omar: CreatedCandidate, starts_at: datetime) -> None:
        self.team, self.omar, self.starts_at = team, omar, starts_at
        self.later = starts_at + timedelta(hours=3)
        self.dinas = request_slots(team.ada, team.dina, starts_at, self.later)
        self.slot = slot_at(self.dinas, starts_at)
        self.omars = schedule(team.ben, omar, starts_at=starts_at - timedelta(hours=8), software=None)
        self.dinas_other = schedule(
            team.ada,
            team.dina,
            starts_at=starts_at - timedelta(hours=6),
            hiring_manager=team.cleo,
            software=None,
        )
        draft = starting.start(self.actor(team.ben), omar.id)
        self.ticket = Ticket(draft.id, draft.version)
        db.session.commit()

    def choose(self) -> None:
        choose(self.dinas, self.slot)

    def actor(self, member: Member) -> User:
        return db.session.get_one(User, member.id)

    def interview(self) -> Interview:
        return db.session.get_one(Interview, self.dinas)

    def schedule_another(self) -> None:
        """Ben schedules for Ada; in the other interview, Ada schedules for Ben."""
        ben, when = takes_part(self.team.ben), when_at(self.starts_at)
        plan = planned(self.omar, when, hiring_manager=self.team.ada, attendees=(ben,), software=None)
        schedule_interview(self.actor(self.team.ben), plan, self.ticket, services().rules)

    def change_another(self) -> None:
        self._move(self.omars)

    def change_theirs(self) -> None:
        """Move it to the same time, with Dina as the only person in common."""
        self._move(self.dinas_other)

    def _move(self, interview_id: int) -> None:
        interview = db.session.get_one(Interview, interview_id)
        plan = replace(plan_of(interview), when=when_at(self.starts_at))
        moved = Change(plan, mark_of(interview))
        change_interview(self.actor(self.team.ben), interview, moved, services().rules)

    def withdraw(self) -> None:
        cancel_interview(self.actor(self.team.ada), self.interview(), Cancellation(), services().rules)

    def offer_others(self) -> None:
        others = [when_at(self.starts_at + timedelta(days=1))]
        time_slots.offer_others(self.actor(self.team.ada), self.interview(), others, services().rules)

    def renew(self) -> None:
        time_slots.renew(self.actor(self.team.ada), self.interview(), services().rules)

    def none_fit(self) -> None:
        says.say_none_fit(self.interview(), [self.later], "Mornings are bad", services().rules)

    def no_longer_interested(self) -> None:
        says.call_off(self.interview(), "", services().rules)

    def erase(self) -> None:
        erase_candidate(self.actor(self.team.ada), db.session.get_one(Candidate, self.team.dina.id))

    def cancel_and_erase(self) -> None:
        dina = db.session.get_one(Candidate, self.team.dina.id)
        cancel_and_erase(self.actor(self.team.ada), dina, Cancellation(), services().rules)

    def close_job(self) -> None:
        job = db.session.get_one(Job, self.team.job_id)
        close_job(self.actor(self.team.ada), job, Cancellation(), services().rules)
        # The next round needs it.
        job.is_open = True

    def correct_address(self) -> None:
        dina = db.session.get_one(Candidate, self.team.dina.id)
        email = f"dina.{self.dinas}@mail.example"
        details = CandidateDetails(dina.name, email, dina.phone, dina.timezone, (), "")
        edit_candidate(self.actor(self.team.ada), dina, details, services().rules)


RIVALS = (
    "schedule_another",
    "change_another",
    "change_theirs",
    "withdraw",
    "offer_others",
    "renew",
    "none_fit",
    "no_longer_interested",
    "erase",
    "cancel_and_erase",
    "close_job",
    "correct_address",
)


@pytest.mark.parametrize("rival", RIVALS)
def test_choice_and_what_the_team_does_at_that_moment_come_one_after_the_other(
    crowd: Flask, clock: Clock, counts: Counts, rival: str
) -> None:
    with in_rows(crowd):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    for day in counts.repeat(f"choice against {rival}", ordinary=1, full=4):
        with in_rows(crowd):
            world = World(team, omar, (clock.now + timedelta(days=3 + 2 * day)).replace(hour=9))
        chose, did = at_once(crowd, [world.choose, getattr(world, rival)])
        with in_rows(crowd):
            check(world.dinas)
            status = status_of(world.dinas)
            what = f"choosing: {chose}, {rival}: {did}, now {status}"
            match rival:
                case "schedule_another" | "change_another" | "change_theirs":
                    assert {chose, did} in ({None, SchedulingError}, {SlotTakenError, None}), what
                case "withdraw" | "cancel_and_erase" | "close_job" | "no_longer_interested":
                    # A choice that came first is an interview by then, and is cancelled as one.
                    assert status is InterviewStatus.CANCELLED, what
                    assert (chose, did) in ((None, None), (NotRequestedError, None)), what
                case "offer_others":
                    assert (chose, did) in ((None, NotRequestedError), (SlotTakenError, None)), what
                case "none_fit":
                    # The candidate can still choose after having said that none work.
                    assert chose is None, what
                    assert did in (None, TooLateToAnswerError), what
                case "renew":
                    assert chose is None, what
                    assert did in (None, NotRequestedError), what
                case "erase":
                    assert (chose, did) == (None, HiringError), what
                case "correct_address":
                    assert (chose, did) == (None, None), what
                    waiting = mails_to_the_candidate(world.dinas)
                    assert waiting == {f"dina.{world.dinas}@mail.example"}, what
                case _:
                    raise AssertionError(rival)


def mails_to_the_candidate(interview_id: int) -> set[str]:
    mails = db.session.scalars(db.select(Mail).where(Mail.interview_id == interview_id))
    return {mail.address for mail in mails if mail.role == "candidate"}
