"""Several servers and people work on the same interviews at once: nothing is done twice, and no one waits for
another forever."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from extensions import db
from models import CalendarEntry, MailState, MeetingState, Task, TaskState, User
from models import MeetingSoftware as Software
from scheduling.calendars.connecting import add_missing
from scheduling.calendars.deciding import NothingToDecideError, put_back, try_again
from scheduling.commands.cancel import NothingToCancelError
from scheduling.commands.change import ChangedMeanwhileError, NothingChangedError, NotScheduledError
from scheduling.commands.undo import TooLateError
from scheduling.venues import OnlineMeeting
from tests.factories import LENA, PRIYA, in_three_days
from tests.machines.counts import Counts
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcesses
from tests.tasks.calendar_office import MARCO, CalendarInstallation, CalendarOffice, in_calendars, taking_part
from tests.tasks.installation import another_runner
from tests.tasks.real_time import FAST
from timezones import utc_now

ZOOM = OnlineMeeting(Software.ZOOM)
REFUSED = (
    NothingToCancelError,
    ChangedMeanwhileError,
    NothingChangedError,
    NotScheduledError,
    TooLateError,
    NothingToDecideError,
)


def connected(office: CalendarOffice) -> None:
    team = office.team
    for member, account in ((team.ben, LENA), (team.cleo, MARCO), (team.ada, PRIYA)):
        office.connect_calendar(member, account)


def on_entry(office: CalendarOffice) -> OnlineMeeting:
    """A meeting that lives on the entry of its host, who is Ben."""
    return OnlineMeeting(office.side_of(LENA).software)


def deadlocks(office: CalendarOffice) -> int:
    """How many deadlocks PostgreSQL has had to resolve."""
    with office.reading():
        if db.engine.dialect.name != "postgresql":
            return 0
        db.session.execute(sa.text("SELECT pg_stat_clear_snapshot()"))
        query = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(db.session.scalar(query) or 0)


class Crowd:
    """People who change a few interviews at once, while two runners work on them."""

    def __init__(self, office: CalendarInstallation, chance: random.Random) -> None:
        self.office, self.chance = office, chance
        self.unexpected: list[str] = []
        attendees = taking_part(office.team.cleo)
        self.on_entry = on_entry(office)
        self.interviews = [
            office.schedule(
                venue=self.on_entry,
                attendees=attendees,
                starts_at=in_three_days() + timedelta(hours=3 * number),
            )
            for number in range(2)
        ]

    def act(self) -> None:
        interview, chance = self.chance.choice(self.interviews), self.chance
        minutes, agenda = chance.choice((30, 45, 60)), f"{chance.random()}"
        venue, people = (
            chance.choice((self.on_entry, ZOOM)),
            chance.choice(((), taking_part(self.office.team.cleo))),
        )
        acts: tuple[Callable[[], object], ...] = (
            lambda: self.office.edit(interview, duration_minutes=minutes),
            lambda: self.office.edit(interview, agenda=agenda),
            lambda: self.office.edit(interview, venue=venue),
            lambda: self.office.edit(interview, attendees=people),
            lambda: self.office.undo(interview),
            lambda: self.office.undo(interview),
            lambda: self.decide(interview),
            self.take_offer,
        )
        try:
            chance.choice(acts)()
        except REFUSED:
            pass
        except Exception as error:
            self.unexpected.append(f"{type(error).__name__}: {error}")

    def decide(self, interview: int) -> None:
        with self.office.writing():
            ada = db.session.get_one(User, self.office.team.ada.id)
            rows = db.select(CalendarEntry).where(CalendarEntry.interview_id == interview)
            for entry in db.session.scalars(rows.order_by(CalendarEntry.id)).all():
                with suppress(NothingToDecideError):
                    put_back(ada, entry)
                try_again(ada, entry)
            db.session.commit()

    def take_offer(self) -> None:
        with self.office.writing():
            add_missing(db.session.get_one(User, self.office.team.cleo.id))
            db.session.commit()


@pytest.mark.both_databases
@in_calendars("both")
def test_people_and_servers_that_meet_over_an_interview_never_wait_for_each_other(
    calendar_installation: CalendarInstallation, counts: Counts, seed: int
) -> None:
    office = calendar_installation
    connected(office)
    before = deadlocks(office)
    crowd = Crowd(office, random.Random(seed))
    runners = [another_runner(office) for _ in range(2)]
    for runner in runners:
        runner.start()
    for _ in counts.repeat("changes at once", ordinary=3, full=10):
        people = [threading.Thread(target=crowd.act) for _ in range(4)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        office.clock.forward(timedelta(seconds=12))
        for runner in runners:
            runner.wake()
    for runner in runners:
        runner.stop(timeout=20)
    assert crowd.unexpected == []
    assert deadlocks(office) == before
    for _ in range(3):
        office.later(minutes=16)
    for account in (LENA, MARCO, PRIYA):
        keys = {row.key: row for i in crowd.interviews for row in office.rows_of_entries(i)}
        ours = [event.key for event in office.events(account)]
        wanted = {key for key, row in keys.items() if row.is_wanted}
        assert set(ours) <= wanted
    links = [event.join_link for account in (LENA, MARCO, PRIYA) for event in office.events(account)]
    meets = {office.meeting(i).join_url for i in crowd.interviews if office.meeting(i).host is not None}
    assert sorted(filter(None, links)) == sorted(link for link in meets if link and "/j/" not in link)


@pytest.mark.full
@pytest.mark.slow
@in_calendars("both")
def test_two_servers_with_faults_and_kills_make_one_entry_and_one_meeting_each(
    calendar_office: CalendarOffice, server_processes: ServerProcesses, counts: Counts, seed: int
) -> None:
    office, chance = calendar_office, random.Random(seed)
    connected(office)
    settings = {
        **office.sides.google.settings(),
        **office.sides.outlook.settings(),
        "PROVIDER_TIMEOUT_SECONDS": "2",
        "MAIL_TIMEOUT": "2",
    }
    servers = server_processes.start(2, overrides=FAST, settings=settings)
    rejected_token: dict[str, object] = {"reject_next_tokens": 1}
    faults: list[dict[str, object]] = [
        {"lose_next_creates": 2},
        {"drop_next_creates": 2},
        {"lose_next_updates": 2},
        {"fail_next": 3, "fail_status": 503},
        {"bad_answer": "truncated", "bad_answer_calls": 2},
        {"link_creation": "pending", "link_creation_calls": 2, "link_pending_reads": 2},
        rejected_token,
    ]
    interviews: list[int] = []
    for number in counts.repeat("interviews of two servers", ordinary=6, full=10):
        fault = chance.choice(faults)
        office.switches(**fault)
        if fault is rejected_token:
            # Once: a second one could reach the call that is repeated with the renewed token, and a renewed
            # token that is rejected ends the connection.
            faults.remove(rejected_token)
        interviews.append(
            office.schedule(
                venue=on_entry(office),
                attendees=taking_part(office.team.cleo),
                starts_at=in_three_days() + timedelta(hours=2 * number),
            )
        )
        # There is no state to wait for: the test leaves the moment of the kill to chance.
        time.sleep(chance.uniform(0, 0.4))
        if number % 5 == 4:
            servers.pop(0).kill()
            servers += server_processes.start(1, overrides=FAST, settings=settings)
    office.calm()

    def is_done() -> bool:
        hurry(office)
        return (
            all(
                office.meeting(interview).state is MeetingState.READY
                and {mail.state for mail in office.mails(interview)} <= {MailState.SENT, MailState.DROPPED}
                for interview in interviews
            )
            and [len(office.events(account)) for account in (LENA, MARCO)] == [len(interviews)] * 2
        )

    wait_until(is_done, what="every calendar has every interview once", timeout=120, every=0.5)
    links = {office.meeting(interview).join_url for interview in interviews}
    wait_until(
        lambda: {event.location for a in (LENA, MARCO) for event in office.events(a)} == links,
        what="every entry has its link",
        timeout=60,
        every=0.5,
    )
    assert sorted(event.join_link or "" for event in office.events(LENA)) == sorted(filter(None, links))
    assert office.events(PRIYA) == []


def hurry(office: CalendarOffice) -> None:
    """Skip waits of minutes."""
    with office.writing():
        db.session.execute(
            sa.update(Task)
            .where(Task.state == TaskState.READY, Task.kind.in_(("sync_entries", "sync_meeting")))
            .where(Task.run_at.between(utc_now(), utc_now() + timedelta(hours=1)))
            .values(run_at=utc_now())
        )
        db.session.execute(
            sa.update(CalendarEntry).where(CalendarEntry.retry_at.is_not(None)).values(retry_at=utc_now())
        )
        db.session.commit()
