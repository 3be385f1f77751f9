"""What the demo begins with."""

from datetime import timedelta

import pytest
from flask import Flask

from demo.team import ForeignDatabaseError, seed
from extensions import db
from models import (
    Application,
    Interview,
    InterviewStatus,
    InterviewType,
    Mail,
    MailState,
    Task,
    TaskState,
    User,
)
from scheduling.reading.today import today_and_later
from services import services
from tests.factories import create_team
from tests.machines.rows import in_rows
from timezones import utc_now


def plant(app: Flask) -> bool:
    return seed(app.config["INSTALLATION_ID"], services(app).rules, "a password of its own")


def test_demo_begins_with_a_typical_week_and_is_created_once(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        assert plant(sqlite_app) is True
        now = utc_now()
        interviews = db.session.scalars(db.select(Interview)).all()
        assert {interview.interview_type for interview in interviews} == set(InterviewType)
        assert {interview.status for interview in interviews} == set(InterviewStatus)
        # One has not answered, and the other can make none of the times.
        asked = [each for each in interviews if each.status is InterviewStatus.REQUESTED]
        assert sorted(len(each.answers) for each in asked) == [0, 1]
        # Most come from their job's interview plan.
        assert {"Phone screen", "Team interview"} <= {interview.template_name for interview in interviews}
        scheduled = [each for each in interviews if each.status is InterviewStatus.SCHEDULED]
        for interview in interviews:
            if interview.status in (InterviewStatus.COMPLETED, InterviewStatus.NO_SHOW):
                assert interview.ends_at < now
            elif interview.status is InterviewStatus.CANCELLED:
                assert interview.starts_at > now
            assert interview.meeting is None or interview.meeting.called == "Webex"
            # Newcomers begin their first interview there with nothing filled in.
            assert interview.application.job.title != "Backend Engineer"
        # One is over and has to be completed, one is on, and the next begins within the hour.
        assert [each.candidate.name for each in scheduled if each.ends_at < now] == ["Hannah Weiss"]
        running = [each for each in scheduled if each.starts_at <= now <= each.ends_at]
        assert [each.candidate.name for each in running] == ["Omar Haddad"]
        soonest = min(each.starts_at for each in scheduled if each.starts_at > now)
        assert timedelta(minutes=25) < soonest - now <= timedelta(hours=1)
        assert plant(sqlite_app) is False
        assert len(db.session.scalars(db.select(Interview.id)).all()) == len(interviews)
        # No one real is ever written to.
        addresses = {*db.session.scalars(db.select(Mail.address)), *db.session.scalars(db.select(User.email))}
        assert all(address.endswith(".example") for address in addresses)
        assert len({application.stage for application in db.session.scalars(db.select(Application))}) >= 5
        assert utc_now() - now < timedelta(minutes=1)


HOW_IT_ENDED = {
    InterviewStatus.COMPLETED: "completed the interview",
    InterviewStatus.NO_SHOW: "noted that the candidate didn't come",
    InterviewStatus.CANCELLED: "cancelled the interview",
}


def test_everyone_in_the_demo_who_holds_interviews_has_some(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        plant(sqlite_app)
        people = {user.name: user for user in db.session.scalars(db.select(User))}
        for name in ("Lena Vogel", "Priya Raman", "Tom Adeyemi", "Noah Clarke"):
            assert len(today_and_later(people[name], utc_now(), utc_now(), limit=8).later) >= 2, name
        # Those who only observe or help have some to look at as well.
        for name in ("Grace Kim", "Marco Bianchi", "Ingrid Solberg"):
            assert today_and_later(people[name], utc_now(), utc_now(), limit=1).later, name


def test_what_is_over_in_the_demo_tells_how_it_went_and_sends_nothing(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        plant(sqlite_app)
        over = db.session.scalars(db.select(Interview).where(Interview.status.in_(HOW_IT_ENDED))).all()
        begun = db.session.scalars(
            db.select(Interview).where(
                Interview.status == InterviewStatus.SCHEDULED, Interview.starts_at < utc_now()
            )
        ).all()
        for interview in begun:
            assert {mail.state for mail in interview.mails} == {MailState.SENT}
        for interview in over:
            assert {mail.state for mail in interview.mails} <= {MailState.SENT, MailState.DROPPED}
            words = [entry.words for entry in interview.timeline]
            assert words[0] == "Lena Vogel scheduled the interview"
            assert any(each.startswith("Invitation sent to") for each in words)
            assert f"Lena Vogel {HOW_IT_ENDED[interview.status]}" in words
            times = [entry.at for entry in interview.timeline]
            assert times == sorted(times)
            assert times[-1] < utc_now()
        waiting = set(db.session.scalars(db.select(Task.subject).where(Task.state == TaskState.READY)))
        assert not waiting & {f"interview:{interview.id}" for interview in (*over, *begun)}


def test_demo_leaves_a_real_database_alone(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        create_team()
        with pytest.raises(ForeignDatabaseError):
            plant(sqlite_app)
