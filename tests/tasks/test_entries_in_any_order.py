"""The team and the owners of calendars do anything while Google fails and processes die: everyone has the
interview in their calendar once, and it has one meeting."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from requests import HTTPError

from extensions import db
from models import (
    CalendarEntry,
    Connection,
    ConnectionState,
    EntryState,
    Interview,
    InterviewStatus,
    MeetingState,
    PhoneCaller,
    TaskState,
    User,
)
from models import MeetingSoftware as Software
from scheduling.calendars.connecting import add_missing, missing_from_calendar
from scheduling.calendars.deciding import NothingToDecideError, leave, put_back
from scheduling.calendars.reading import look_because_opened
from scheduling.commands.cancel import NothingToCancelError
from scheduling.commands.change import NothingChangedError, NotScheduledError
from scheduling.commands.undo import TooLateError
from scheduling.entries.content import edit_of
from scheduling.entries.wanting import people_of
from scheduling.meetings.hosts import hosts_of
from scheduling.meetings.looks import look_now
from scheduling.plans import Participant
from scheduling.venues import OnlineMeeting, PastedLink, PhoneCall
from tests.factories import LENA, PRIYA, Member
from tests.machines.counts import Counts
from tests.tasks.calendar_office import MARCO, CalendarInstallation, taking_part
from tests.tasks.calendar_sides import CalendarSide, Event
from work.runner import Phase

RAVI = "ravi.menon@northlight.example"
GUEST = Participant("Gil Guest", "gil.guest@mail.example")
ON_ENTRIES = (OnlineMeeting(Software.GOOGLE_MEET), OnlineMeeting(Software.TEAMS))
VENUES = (
    *ON_ENTRIES,
    OnlineMeeting(Software.ZOOM),
    PastedLink("https://webex.example/ada", "Webex"),
    PhoneCall("+44 20 7946 0018", PhoneCaller.TEAM),
)
FAULTS: tuple[dict[str, Any], ...] = (
    {"lose_next_creates": 1},
    {"drop_next_creates": 1},
    {"lose_next_updates": 1},
    {"lose_next_deletes": 1},
    {"deny_next_events": 1},
    {"reject_next_tokens": 1},
    {"fail_next": 2, "fail_status": 503, "fail_reason": ""},
    {"fail_next": 1, "fail_status": 429, "fail_reason": ""},
    {"fail_next": 1, "fail_status": 409, "fail_reason": ""},
    {"fail_next": 1, "fail_status": 404, "fail_reason": ""},
    {"bad_answer": "html", "bad_answer_calls": 1},
    {"bad_answer": "another", "bad_answer_calls": 1},
    {"link_creation": "pending", "link_creation_calls": 1, "link_pending_reads": 5},
    {"link_creation": "never", "link_creation_calls": 1},
    {"link_creation": "refused", "link_creation_calls": 1},
)
AT_GOOGLE: tuple[dict[str, Any], ...] = (
    {"fail_next": 1, "fail_status": 403, "fail_reason": "forbidden"},
    {"fail_next": 1, "fail_status": 403, "fail_reason": "quotaExceeded"},
    {"fail_next": 1, "fail_status": 409, "fail_reason": "duplicate"},
)
AT_MICROSOFT: tuple[dict[str, Any], ...] = (
    {"fail_next": 1, "fail_status": 404, "fail_reason": "MailboxNotEnabledForRESTAPI"},
    {"fail_next": 1, "fail_status": 400, "fail_reason": "ErrorDuplicateTransactionId"},
    {"challenge_next_calls": 1},
    {"hide_next_lists": 2},
    {"duplicate_answer": "201"},
    {"duplicate_answer": "409_without_id"},
    {"new_link_for_new_body": True},
)
CALM_AT_MICROSOFT: dict[str, Any] = {
    "challenge_next_calls": 0,
    "hide_next_lists": 0,
    "duplicate_answer": "409",
    "new_link_for_new_body": False,
}
PHASES: tuple[Phase, ...] = ("claimed", "loaded", "called", "recorded")
KINDS = ("sync_entries", "sync_entries", "sync_meeting", "send_mail", "remove_orphans")
_REFUSED = (
    NothingToCancelError,
    NotScheduledError,
    NothingChangedError,
    TooLateError,
    NothingToDecideError,
)


@pytest.mark.parametrize(
    ("calendars", "has_two"),
    [
        ("both", False),
        pytest.param("outlook", False, marks=pytest.mark.full),
        pytest.param("google", False, marks=pytest.mark.full),
        pytest.param("both", True, marks=pytest.mark.full),
    ],
    indirect=["calendars"],
)
def test_any_order_ends_with_each_person_having_the_interview_once(
    calendar_installation: CalendarInstallation, counts: Counts, seed: int, has_two: bool
) -> None:
    """`has_two`: Ben and Cleo have a calendar at each provider."""
    office = calendar_installation
    office.connect(office.team.ben, RAVI)
    office.simulators.zoom_switches(daily_limit=100_000)
    for number in counts.repeat("entries in any order", ordinary=1, full=4):
        story = _Story(office, random.Random(seed + number), has_two=has_two)
        try:
            story.live(steps=16)
            story.check()
        except AssertionError as error:
            raise AssertionError(f"--seed {seed + number}: {', '.join(story.told)}\n{error}") from error


class _Story:
    """One interview's life. `told` says what happened, for the message of a failure."""

    def __init__(self, office: CalendarInstallation, chance: random.Random, *, has_two: bool) -> None:
        self.office, self.chance = office, chance
        self.told: list[str] = []
        team = office.team
        self.accounts = {team.ben: LENA, team.cleo: MARCO, team.ada: PRIYA}
        self.calendars: list[tuple[Member, CalendarSide]] = [
            (member, side)
            for member, account in self.accounts.items()
            for side in office.sides
            if side.app == office.side_of(account).app or (has_two and member is not team.ada)
        ]
        self.reconnect()
        self.interview = office.schedule(
            venue=chance.choice(VENUES), starts_at=self.in_days(3), attendees=taking_part(team.cleo)
        )

    def in_days(self, days: int, hours: int = 0) -> datetime:
        return self.office.clock.now.replace(second=0, microsecond=0) + timedelta(days=days, hours=hours)

    def live(self, steps: int) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self.move, 3),
            (self.other_people, 2),
            (self.other_manager, 1),
            (self.other_venue, 3),
            (self.other_words, 1),
            (self.cancel, 1),
            (self.undo, 2),
            (self.wait, 8),
            (self.fault, 5),
            (self.die, 3),
            (self.owner_deletes, 1),
            (self.owner_moves, 2),
            (self.owner_removes_link, 1),
            (self.grant_ends, 1),
            (self.reconnect, 1),
            (self.open_page, 1),
            (self.decide, 1),
        ]
        for _ in range(steps):
            [act] = self.chance.choices([a for a, _ in acts], [weight for _, weight in acts])
            self.told.append(act.__name__)
            with suppress(*_REFUSED):
                act()

    def move(self) -> None:
        self.office.edit(self.interview, starts_at=self.in_days(2, self.chance.choice((1, 2, 24, 26))))

    def other_people(self) -> None:
        cleo, ada = self.office.team.cleo, self.office.team.ada
        people = self.chance.choice(((), (cleo,), (cleo, ada)))
        guests = self.chance.choice(((), (GUEST,)))
        self.office.edit(self.interview, attendees=(*taking_part(*people), *guests))

    def other_manager(self) -> None:
        manager = self.chance.choice((self.office.team.ben, self.office.team.cleo))
        self.office.edit(self.interview, hiring_manager_id=manager.id)

    def other_venue(self) -> None:
        venue = self.chance.choice(VENUES)
        self.told.append(venue.software.value if isinstance(venue, OnlineMeeting) else type(venue).__name__)
        self.office.edit(self.interview, venue=venue)

    def other_words(self) -> None:
        which = self.chance.choice(("title", "agenda", "notes"))
        changes: dict[str, Any] = {which: f"{self.chance.random()}"}
        self.office.edit(self.interview, **changes)

    def cancel(self) -> None:
        self.office.cancel(self.interview)

    def undo(self) -> None:
        self.office.undo(self.interview)

    def wait(self) -> None:
        self.office.later(seconds=self.chance.choice((0, 1, 6, 12, 12, 200)))

    def fault(self) -> None:
        sides = self.office.sides
        own, side = self.chance.choice(
            ((FAULTS, None), (AT_GOOGLE, sides.google), (AT_MICROSOFT, sides.outlook))
        )
        fault = self.chance.choice(own)
        self.told.append(str(fault))
        for each in (side,) if side is not None else sides:
            each.switches(**fault)

    def die(self) -> None:
        phase, kind = self.chance.choice(PHASES), self.chance.choice(KINDS)
        self.told.append(f"{kind} {phase}")
        self.office.die_after(phase, kind)

    def owner_deletes(self) -> None:
        for side, account, event in self._one_of_ours():
            side.delete(account, event.id)

    def owner_moves(self) -> None:
        for side, account, event in self._one_of_ours():
            side.move(account, event.id, minutes=30)

    def owner_removes_link(self) -> None:
        for side, account, event in self._one_of_ours():
            side.remove_link(account, event.id)

    def grant_ends(self) -> None:
        member, side = self.chance.choice(self.calendars)
        with suppress(HTTPError):
            side.revoke(self.accounts[member])

    def reconnect(self) -> None:
        for member, side in self.calendars:
            if not self._is_connected(member, side):
                # Someone who is told that it doesn't work right now would keep trying until it does.
                side.switches(fail_next=0)
                self.office.connect_calendar(member, self.accounts[member], side=side)

    def open_page(self) -> None:
        with self.office.writing():
            row = db.session.get_one(Interview, self.interview)
            look_because_opened(row)
            if row.meeting is not None:
                look_now(row.meeting)
            db.session.commit()

    def decide(self) -> None:
        self._decide(self.chance.choice((put_back, leave)))

    def _decide(self, what: Callable[[User, CalendarEntry], None], *, edits_only: bool = False) -> None:
        with self.office.writing():
            ada = db.session.get_one(User, self.office.team.ada.id)
            for entry in db.session.scalars(self._wanted()).all():
                if edits_only and edit_of(entry) is None:
                    continue
                with suppress(NothingToDecideError):
                    what(ada, entry)
            db.session.commit()

    def _wanted(self) -> Any:
        return db.select(CalendarEntry).where(
            CalendarEntry.interview_id == self.interview, CalendarEntry.is_wanted
        )

    def _add_missing(self) -> None:
        """Click "Add them" for those who heard about the interview while their calendar was out of reach.
        They have the file that came by email instead."""
        with self.office.writing():
            for member in self.accounts:
                user = db.session.get_one(User, member.id)
                if missing_from_calendar(user):
                    assert self.office.has_file(self.interview, member.email), member.name
                    assert add_missing(user) == 1
            db.session.commit()

    def _is_connected(self, member: Member, side: CalendarSide) -> bool:
        with self.office.reading():
            row = db.session.scalars(
                db.select(Connection).where(Connection.user_id == member.id, Connection.app == side.app)
            ).one_or_none()
            alive = row is not None and row.state is ConnectionState.CONNECTED
        return alive and side.living_grants(self.accounts[member]) > 0

    def _ours(self, account: str) -> list[tuple[CalendarSide, Event]]:
        """The events of this interview in the calendars of an account."""
        keys = {row.key for row in self.office.rows_of_entries(self.interview)}
        return [
            (side, event) for side in self.office.sides for event in side.events(account) if event.key in keys
        ]

    def _one_of_ours(self) -> list[tuple[CalendarSide, str, Event]]:
        found = [
            (side, account, event)
            for account in self.accounts.values()
            for side, event in self._ours(account)
        ]
        return [self.chance.choice(found)] if found else []

    def check(self) -> None:
        """Let everything settle, and compare what the team decided with what there is outside."""
        office = self.office
        office.calm()
        office.simulators.microsoft.switches(**CALM_AT_MICROSOFT)
        office.later(seconds=30)
        self.reconnect()
        for _ in range(4):
            office.later(minutes=5)
        for _ in range(3):
            office.later(hours=2)
        for _ in range(2):
            self.open_page()
            for _ in range(4):
                office.later(minutes=3)
        self._decide(put_back, edits_only=True)
        self._add_missing()
        office.later(minutes=3)
        with office.reading():
            assert not [task.kind for task in office.tasks() if task.state is TaskState.DEAD]
            row = db.session.get_one(Interview, self.interview)
            is_on, start, meeting = row.status is InterviewStatus.SCHEDULED, row.starts_at, row.meeting
            here = {user.id for user in people_of(row)} if is_on else set()
            link = meeting.join_url if meeting is not None and is_on else None
            is_ready = meeting is None or meeting.state is MeetingState.READY
            software = meeting.software if meeting is not None and is_on else None
            on_entry = next((side for side in office.sides if side.software is software), None)
            host = meeting.host_id if meeting is not None and on_entry is not None else None
            title = row.title
            asked = (
                {each.user.id for each in hosts_of(meeting)} if meeting is not None and on_entry else set()
            )
        # Not everyone who may have to host has Zoom, or this calendar.
        able = {member.id for member, side in self.calendars if on_entry and side.app == on_entry.app}
        assert is_ready or not asked & able
        living = [event for account in self.accounts.values() for _, event in self._ours(account)]
        links = [event.join_link for event in living if event.join_link]
        assert links == ([link] if on_entry and is_ready else []), "one live meeting, or none"
        for member, account in self.accounts.items():
            self._check_person(member, account, here, host, start, title, link)

    def _check_person(
        self,
        member: Member,
        account: str,
        here: set[int],
        host: int | None,
        start: datetime,
        title: str,
        link: str | None,
    ) -> None:
        rows = [row for row in self.office.rows_of_entries(self.interview) if row.user_id == member.id]
        wanted = [row for row in rows if row.is_wanted]
        ours = self._ours(account)
        who = f"{member.name}: {rows}"
        if member.id not in here and member.id != host:
            assert ours == [], who
            assert wanted == [], who
            return
        assert len(wanted) == 1, who
        [row] = wanted
        if row.state is EntryState.DELETED:
            assert ours == [], who
            return
        assert row.state is EntryState.PLACED, who
        assert row.failure is None, who
        assert len(ours) == 1, who
        [(_, event)] = ours
        assert event.key == row.key, who
        if not row.keeps_theirs:
            assert event.starts_at == start, who
            assert event.title.endswith(title), who
        # Otherwise someone has decided, after the last change, that the entry stays as its owner left it.
        if link is not None and not row.keeps_theirs:
            assert link in event.text, who
            assert event.location == link, who
        assert event.shows_busy == (member.id in here)
        assert not self.office.has_file(self.interview, member.email), who
