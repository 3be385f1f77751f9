"""The demo's interviews: a typical week, with what is over, what was cancelled, and what comes next.

None needs anyone's account, and none is on Dina Kaur's job, on which newcomers try their first interview by
Zoom: the dialog would start it with what was chosen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from extensions import db
from hiring.copied_plans import templates_of
from models import (
    Absent,
    Application,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    PhoneCaller,
    Task,
    User,
    Verdict,
)
from scheduling import feedback
from scheduling.commands.cancel import Cancellation, cancel_interview
from scheduling.commands.conclude import complete, mark_no_show
from scheduling.commands.schedule import schedule_interview
from scheduling.commands.ticket import Ticket
from scheduling.drafts import starting
from scheduling.drafts.from_template import FromTemplate
from scheduling.feedback import Given
from scheduling.mails import outcomes
from scheduling.plans import Participant, Plan, Reminders, When
from scheduling.rules import Rules
from scheduling.venues import OnSite, PastedLink, PhoneCall, Venue
from services import services
from tasks.mails.previews import as_of_now
from timezones import in_zone, parse_local, use_clock, utc_now
from work import mail as mails

# How long before an interview it was scheduled, if it is not scheduled just now.
_AHEAD = timedelta(days=3)
_SECONDS_TO_SEND = timedelta(seconds=4)
_WHY_CANCELLED = "We've paused this opening until the new year. Sorry for the short notice!"
_THOUGHT = "Clear thinking and a portfolio that shows it. Ask about working with engineers next time."


@dataclass(frozen=True)
class Planned:
    """An interview `working_days` from today (negative if it is over), at a time that no clock change skips,
    in the zone of the job's hiring manager; without a time, within the next hour. `with_` are members of the
    team."""

    candidate: str
    venue: Venue
    working_days: int
    at: time | None
    minutes: int
    agenda: str
    with_: tuple[str, ...] = ()
    becomes: InterviewStatus = InterviewStatus.SCHEDULED


WEBEX = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")

_PLANNED = (
    Planned(
        "Mei Tanaka",
        PhoneCall("+81 3 0000 1234", PhoneCaller.TEAM),
        -5,
        time(9, 0),
        30,
        "Getting to know each other\nWhat you are looking for\nYour questions",
        becomes=InterviewStatus.COMPLETED,
    ),
    Planned(
        "Elif Demir",
        WEBEX,
        -3,
        time(10, 0),
        45,
        "Introduction\nA dashboard you built\nYour questions",
        ("Noah Clarke",),
        InterviewStatus.COMPLETED,
    ),
    Planned(
        "Peter Novak",
        PhoneCall("+1 646 555 0162", PhoneCaller.TEAM),
        -1,
        time(15, 30),
        30,
        "Getting to know each other\nYour last project\nYour questions",
        becomes=InterviewStatus.NO_SHOW,
    ),
    Planned(
        "Lucía Gómez",
        WEBEX,
        0,
        None,
        45,
        "Introduction\nHow you check your numbers\nYour questions",
        ("Noah Clarke", "Lena Vogel"),
    ),
    Planned(
        "Caleb Wright",
        PhoneCall("+1 212 555 0147", PhoneCaller.TEAM),
        2,
        time(11, 0),
        30,
        "Getting to know each other\nHow you keep customers happy\nYour questions",
        ("Noah Clarke",),
    ),
    Planned(
        "Sven Lindqvist",
        OnSite("Northlight\n12 Harbour Row\nLondon", "The blue door beside the boathouse. Ask for Priya."),
        3,
        time(10, 0),
        60,
        "A walk around the studio\nA design you are proud of\nYour questions",
    ),
    Planned(
        "Elif Demir",
        OnSite("Northlight\n80 Pine Street\nNew York", ""),
        3,
        time(14, 0),
        60,
        "Meeting the team\nYour questions",
        becomes=InterviewStatus.CANCELLED,
    ),
    Planned(
        "Mei Tanaka",
        WEBEX,
        4,
        time(14, 0),
        45,
        "Introduction\nWork you would like to show\nYour questions",
        ("Lena Vogel",),
    ),
    Planned(
        "Omar Haddad",
        WEBEX,
        7,
        time(14, 0),
        60,
        "What you made of our brief\nHow you work with engineers\nYour questions",
        ("Lena Vogel", "Noah Clarke"),
    ),
)


def schedule_all(
    scheduler: User, applications: dict[str, Application], people: dict[str, User], rules: Rules
) -> None:
    """Schedule them in the current transaction. `applications` by the candidate's name, `people` of the
    team by theirs."""
    for planned in _PLANNED:
        schedule_planned(scheduler, planned, applications, people, rules)


def schedule_planned(
    scheduler: User,
    planned: Planned,
    applications: dict[str, Application],
    people: dict[str, User],
    rules: Rules,
) -> None:
    """Schedule one on its day."""
    starts_at = _start(planned, applications[planned.candidate].job.hiring_manager.timezone)
    schedule_one(scheduler, planned, starts_at, applications, people, rules)


def schedule_one(
    scheduler: User,
    planned: Planned,
    starts_at: datetime,
    applications: dict[str, Application],
    people: dict[str, User],
    rules: Rules,
) -> None:
    """Schedule one at `starts_at` (aware UTC), as if just now, or as if some days ago if it has begun or
    something has happened to it since."""
    plan = plan_of(applications[planned.candidate], planned, starts_at, people, rules)
    if planned.becomes is InterviewStatus.SCHEDULED and starts_at > utc_now():
        _schedule(scheduler, plan, rules)
    else:
        _schedule_before(scheduler, plan, planned.becomes, rules)


def _schedule(scheduler: User, plan: Plan, rules: Rules) -> Interview:
    application = db.session.get_one(Application, plan.application_id)
    draft = starting.start(scheduler, application.candidate_id, application_id=application.id)
    ticket = Ticket(draft.id, draft.version, template=_template_of(plan, application))
    return schedule_interview(scheduler, plan, ticket, rules)


def _template_of(plan: Plan, application: Application) -> FromTemplate | None:
    """The template in the job's interview plan that this interview matches: the same type and the same
    length."""
    for template in templates_of(application.job_id):
        is_same_type = template.interview_type is plan.venue.interview_type
        if is_same_type and template.duration_minutes == plan.when.duration_minutes:
            answers = {"setup": {"job": [str(application.id)]}}
            minutes = template.duration_minutes
            return FromTemplate(template.id, application.job_id, template.name, minutes, answers)
    return None


def _schedule_before(scheduler: User, plan: Plan, becomes: InterviewStatus, rules: Rules) -> None:
    """Schedule an interview as if some days ago, and let what was planned for it happen since. One that is
    still scheduled has begun, and may be over: no one has said yet how it went."""
    now, starts_at = utc_now(), plan.when.starts_at
    with at(min(starts_at, now) - _AHEAD):
        interview = _schedule(scheduler, plan, rules)
        db.session.flush()
    ended_at = min(starts_at + timedelta(minutes=plan.when.duration_minutes + 10), now - timedelta(hours=2))
    if becomes is InterviewStatus.SCHEDULED:
        let_leave(interview, until=now)
    else:
        let_leave(interview, until=ended_at)
        with at(ended_at):
            _end(scheduler, interview, becomes, rules)
            db.session.flush()
        let_leave(interview, until=ended_at)
    # All its work is done: nothing may leave for an interview that has begun.
    db.session.execute(sa.delete(Task).where(Task.subject == mails.about_interview(interview.id)))


def _end(scheduler: User, interview: Interview, becomes: InterviewStatus, rules: Rules) -> None:
    if becomes is InterviewStatus.CANCELLED:
        cancel_interview(scheduler, interview, Cancellation(_WHY_CANCELLED, can_be_undone=False), rules)
    elif becomes is InterviewStatus.NO_SHOW:
        mark_no_show(scheduler, interview, Absent.CANDIDATE)
    else:
        complete(scheduler, interview)
        for user in feedback.interviewers_of(interview):
            feedback.give(user, interview, Given(Verdict.HIRE, 4, _THOUGHT))


def let_leave(interview: Interview, *, until: datetime) -> None:
    """Record as sent what was due by then, a few seconds later each."""
    for letter in db.session.scalars(
        sa.select(Mail)
        .where(Mail.interview_id == interview.id, Mail.state == MailState.QUEUED, Mail.due_at <= until)
        .order_by(Mail.due_at, Mail.id)
    ).all():
        with at(letter.due_at + _SECONDS_TO_SEND):
            copy = as_of_now(letter, services())
            if copy is not None:
                mails.keep_copy(letter.id, services().mail_copies.sealed(letter.id, copy))
            sent = mails.record_sent(letter.id, words="The mail server took it: “250 OK”", code=250)
            outcomes.note_sent(sent, interview.id)
            db.session.flush()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Record what is done inside this block as done at that time."""
    before = use_clock(lambda: instant)
    try:
        yield
    finally:
        use_clock(before)


def plan_of(
    application: Application, planned: Planned, starts_at: datetime, people: dict[str, User], rules: Rules
) -> Plan:
    """The planned interview as the dialog would pass it on."""
    manager = application.job.hiring_manager
    return Plan(
        application_id=application.id,
        venue=planned.venue,
        agenda=planned.agenda,
        when=When(
            starts_at=starts_at,
            wall_time=f"{in_zone(starts_at, manager.timezone):%Y-%m-%dT%H:%M}",
            timezone=manager.timezone,
            duration_minutes=planned.minutes,
        ),
        hiring_manager_id=manager.id,
        attendees=tuple(Participant(name, people[name].email, people[name].id) for name in planned.with_),
        title=application.job.usual_interview_title,
        message="",
        notes="",
        reminders=Reminders(rules.reminder_minutes),
    )


def _start(planned: Planned, zone: str) -> datetime:
    now = utc_now()
    if planned.at is not None:
        return parse_local(working_day(in_zone(now, zone).date(), planned.working_days), planned.at, zone)
    # The second half hour from now, so that there is time to look at it.
    half_hours = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    return half_hours + timedelta(hours=1)


def working_day(today: date, ahead: int) -> date:
    """The day this many working days from today, or before today if negative."""
    day, step = today, 1 if ahead > 0 else -1
    while ahead:
        day += timedelta(days=step)
        ahead -= step * (day.weekday() < 5)
    return day
