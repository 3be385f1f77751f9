"""A candidate is asked to choose a time, and chooses one, on each kind of database."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from database import writing
from extensions import db
from models import AnswerKind, Interview, InterviewStatus, Mail, MeetingSoftware, RequestState, User
from scheduling import slots
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.commands.requested_times import AnsweredMeanwhileError, keep_time
from scheduling.commands.time_slots import LinkExpiredError, NotRequestedError, SlotTakenError
from scheduling.errors import SchedulingError
from scheduling.mails.queue import CANDIDATE_ANSWER, INVITATION, SLOT_CHOSEN, SLOT_REQUEST, SLOTS_WITHDRAWN
from scheduling.plans import plan_of
from scheduling.venues import OnlineMeeting
from services import services
from tests.factories import Team, create_candidate, create_team, request_slots, schedule, when_at
from tests.machines.clock import Clock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def team(app: Flask, clock: Clock) -> Iterator[Team]:
    with app.app_context(), writing():
        yield create_team()


def asked(team: Team, *starts: datetime, at_once: bool = True) -> Interview:
    return db.session.get_one(Interview, request_slots(team.ada, team.dina, *starts, at_once=at_once))


def status_of(interview: Interview) -> InterviewStatus:
    return interview.status


def mails_of(interview: Interview, kind: str) -> list[str]:
    db.session.expire(interview)
    mails = db.session.scalars(db.select(Mail).where(Mail.interview_id == interview.id, Mail.kind == kind))
    return sorted(mail.address for mail in mails)


def in_days(clock: Clock, days: int, hour: int = 9) -> datetime:
    return (clock.now + timedelta(days=days)).replace(hour=hour)


def test_request_invites_no_one_and_keeps_what_was_decided(team: Team, clock: Clock) -> None:
    interview = asked(team, in_days(clock, 5), in_days(clock, 3), in_days(clock, 4))
    assert status_of(interview) is InterviewStatus.REQUESTED
    assert interview.starts_at == in_days(clock, 3)
    assert [slot.starts_at for slot in slots.offered(interview)] == [in_days(clock, n) for n in (3, 4, 5)]
    assert plan_of(interview).venue == OnlineMeeting(MeetingSoftware.ZOOM)
    assert interview.meetings == []
    assert interview.revisions == []
    assert mails_of(interview, INVITATION) == []
    # Now, and twice later.
    assert mails_of(interview, SLOT_REQUEST) == [team.dina.email] * 3


def test_what_is_chosen_is_scheduled_at_once(team: Team, clock: Clock) -> None:
    interview = asked(team, in_days(clock, 3), in_days(clock, 4))
    time_slots.choose(interview, slots.offered(interview)[1].id, services().rules)
    assert status_of(interview) is InterviewStatus.SCHEDULED
    assert interview.starts_at == in_days(clock, 4)
    assert interview.meeting is not None
    assert [revision.number for revision in interview.revisions] == [0]
    assert len(mails_of(interview, INVITATION)) == 2
    # Ben, the hiring manager, gets the invitation; Ada, who scheduled, does not take part.
    assert mails_of(interview, SLOT_CHOSEN) == [team.ada.email]
    with pytest.raises(NotRequestedError):
        time_slots.choose(interview, slots.offered(interview)[0].id, services().rules)


def test_time_that_waits_for_a_last_look_is_taken_and_invites_no_one_yet(team: Team, clock: Clock) -> None:
    interview = asked(team, in_days(clock, 3), at_once=False)
    other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    omars = db.session.get_one(Interview, request_slots(team.ada, other, in_days(clock, 3)))
    time_slots.choose(interview, slots.offered(interview)[0].id, services().rules)
    assert status_of(interview) is InterviewStatus.ACCEPTED
    assert mails_of(interview, INVITATION) == []
    assert mails_of(interview, SLOT_CHOSEN) == sorted([team.ada.email, team.ben.email])
    with pytest.raises(SlotTakenError):
        time_slots.choose(omars, slots.offered(omars)[0].id, services().rules)
    ada = db.session.get_one(User, team.ada.id)
    time_slots.schedule_accepted(ada, interview, services().rules)
    assert status_of(interview) is InterviewStatus.SCHEDULED
    assert len(mails_of(interview, INVITATION)) == 2
    with pytest.raises(NotRequestedError):
        time_slots.schedule_accepted(ada, interview, services().rules)


def test_times_at_which_someone_is_busy_are_neither_offered_nor_chosen(team: Team, clock: Clock) -> None:
    other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    schedule(team.ada, other, starts_at=in_days(clock, 3), software=None)
    with pytest.raises(SchedulingError, match="just got another interview"):
        request_slots(team.ada, team.dina, in_days(clock, 3), in_days(clock, 4))
    db.session.rollback()
    interview = asked(team, in_days(clock, 4), in_days(clock, 5))
    schedule(team.ada, other, starts_at=in_days(clock, 4), software=None)
    seen_by = db.session.get_one(User, team.ada.id)
    assert [slot.is_free for slot in slots.standing(interview, clock.now, seen_by=seen_by)] == [False, True]
    with pytest.raises(SlotTakenError):
        time_slots.choose(interview, slots.offered(interview)[0].id, services().rules)
    assert status_of(interview) is InterviewStatus.REQUESTED


def test_link_lives_for_a_while_and_can_be_renewed(team: Team, clock: Clock) -> None:
    ada = db.session.get_one(User, team.ada.id)
    interview = asked(team, in_days(clock, 3), in_days(clock, 40))
    clock.move(slots.OPEN_FOR)
    with pytest.raises(LinkExpiredError):
        time_slots.choose(interview, slots.offered(interview)[1].id, services().rules)
    time_slots.renew(ada, interview, services().rules)
    with pytest.raises(SlotTakenError):
        time_slots.choose(interview, slots.offered(interview)[0].id, services().rules)
    time_slots.choose(interview, slots.offered(interview)[1].id, services().rules)
    assert status_of(interview) is InterviewStatus.SCHEDULED


def test_no_time_works_and_the_team_takes_another_or_offers_others(team: Team, clock: Clock) -> None:
    rules, ada = services().rules, db.session.get_one(User, team.ada.id)
    interview = asked(team, in_days(clock, 3))
    says.say_none_fit(interview, [in_days(clock, 6), in_days(clock, 7)], "Mornings are bad", rules)
    says.say_none_fit(interview, [in_days(clock, 6), in_days(clock, 7)], "Mornings are bad", rules)
    assert mails_of(interview, CANDIDATE_ANSWER) == sorted([team.ada.email, team.ben.email])
    time_slots.offer_others(ada, interview, [when_at(in_days(clock, 8))], rules)
    [answer] = interview.answers
    assert (answer.kind, answer.state) == (AnswerKind.NONE_FIT, RequestState.MOVED)
    assert [slot.starts_at for slot in slots.offered(interview)] == [in_days(clock, 8)]
    says.say_none_fit(interview, [in_days(clock, 9)], "", rules)
    time_slots.take_named_time(ada, interview, in_days(clock, 9), rules)
    assert status_of(interview) is InterviewStatus.SCHEDULED
    assert interview.starts_at == in_days(clock, 9)
    db.session.refresh(interview, ["answers"])
    assert [answer.state for answer in interview.answers] == [RequestState.MOVED, RequestState.TAKEN]


def test_withdrawn_request_tells_the_candidate_if_they_were_asked(team: Team, clock: Clock) -> None:
    ada = db.session.get_one(User, team.ada.id)
    interview = asked(team, in_days(clock, 3))
    cancel_interview(ada, interview, Cancellation(), services().rules)
    assert status_of(interview) is InterviewStatus.CANCELLED
    # The request had not left.
    assert mails_of(interview, SLOTS_WITHDRAWN) == []
    with pytest.raises(NotRequestedError):
        time_slots.choose(interview, slots.offered(interview)[0].id, services().rules)


def test_where_no_time_is_set_none_can_be_kept(team: Team, clock: Clock) -> None:
    ada = db.session.get_one(User, team.ada.id)
    interview = asked(team, in_days(clock, 3))
    says.say_none_fit(interview, [in_days(clock, 6)], "", services().rules)
    db.session.refresh(interview, ["answers"])
    with pytest.raises(AnsweredMeanwhileError):
        keep_time(ada, interview, interview.answers[0].id, "", services().rules)
