"""People change, cancel and undo in any order while Zoom fails and processes die: the end result is
consistent."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from extensions import db
from models import Interview, InterviewStatus, MailState, MeetingState, PhoneCaller
from models import MeetingSoftware as Software
from scheduling.commands.cancel import NothingToCancelError
from scheduling.commands.change import NothingChangedError, NotScheduledError
from scheduling.commands.undo import TooLateError
from scheduling.mails.changes import TAKES_PART_AGAIN
from scheduling.mails.queue import CANCELLATION, INVITATION, REMINDER, TAKEN_OFF
from scheduling.meetings.looks import look_because_told
from scheduling.meetings.restoring import restore
from scheduling.plans import Participant
from scheduling.venues import OnlineMeeting, PastedLink, PhoneCall
from tests.factories import Member
from tests.machines.counts import Counts
from tests.tasks.installation import Installation
from tests.tasks.test_cancelling import BEN, DINA

KIRAN = Participant("Kiran Rao", "kiran@northlight.example")
CLEO = Participant("Cleo Guest", "cleo.guest@mail.example")
VENUES = (
    OnlineMeeting(Software.ZOOM),
    OnlineMeeting(Software.ZOOM, "s3cret"),
    PastedLink("https://webex.example/ada", "Webex"),
    PhoneCall("+44 20 7946 0018", PhoneCaller.TEAM),
)
FAULTS = (
    {"lose_next_creates": 1},
    {"drop_next_creates": 1},
    {"lose_next_updates": 1},
    {"lose_next_deletes": 1},
    {"fail_next": 2, "fail_status": 503},
    {"reject_next_tokens": 1},
)
_REFUSED = (NothingToCancelError, NotScheduledError, NothingChangedError, TooLateError)


def test_any_order_of_changes_faults_and_deaths_ends_in_one_truth(
    sqlite_installation: Installation, counts: Counts
) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    seed = random.randrange(10**6)
    for number in counts.repeat("changes in any order", ordinary=1, full=6):
        story = _Story(installation, random.Random(seed + number))
        try:
            story.live(steps=14)
            story.check()
        except AssertionError as error:
            raise AssertionError(f"seed {seed + number}: {', '.join(story.told)}") from error


class _Story:
    """One interview's life. `told` says what happened, for the message of a failure."""

    def __init__(self, installation: Installation, chance: random.Random) -> None:
        self.installation, self.chance = installation, chance
        self.told: list[str] = []
        self.began = len(installation.simulators.mails())
        self.interview = installation.schedule(
            starts_at=installation.clock.now.replace(second=0, microsecond=0) + timedelta(days=3),
            attendees=(KIRAN,),
            reminder_minutes=(60,),
        )

    def live(self, steps: int) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self.move, 3),
            (self.other_people, 2),
            (self.other_venue, 2),
            (self.other_agenda, 1),
            (self.cancel, 1),
            (self.undo, 2),
            (self.wait, 6),
            (self.fault, 2),
            (self.die, 2),
            (self.delete_in_zoom, 1),
            (self.move_in_zoom, 1),
            (self.hear_from_zoom, 2),
        ]
        for _ in range(steps):
            [act] = self.chance.choices([a for a, _ in acts], [weight for _, weight in acts])
            self.told.append(act.__name__)
            with suppress(*_REFUSED):
                act()

    def someone(self) -> Member:
        """One of two people who do not know about each other."""
        return self.chance.choice((self.installation.team.ada, self.installation.team.ben))

    def move(self) -> None:
        hours = self.chance.choice((1, 2, 24, 26))
        start = self.installation.clock.now.replace(second=0, microsecond=0) + timedelta(days=2, hours=hours)
        self.installation.edit(self.interview, starts_at=start, by=self.someone())

    def other_people(self) -> None:
        people = self.chance.choice(((), (KIRAN,), (CLEO,), (KIRAN, CLEO)))
        self.installation.edit(self.interview, attendees=people, by=self.someone())

    def other_venue(self) -> None:
        self.installation.edit(self.interview, venue=self.chance.choice(VENUES))

    def other_agenda(self) -> None:
        self.installation.edit(self.interview, agenda=f"Questions {self.chance.random()}")

    def cancel(self) -> None:
        self.installation.cancel(self.interview, by=self.someone())

    def undo(self) -> None:
        self.installation.undo(self.interview, by=self.someone())

    def wait(self) -> None:
        self.installation.later(seconds=self.chance.choice((0, 1, 6, 12, 200)))

    def fault(self) -> None:
        self.installation.simulators.zoom_switches(**self.chance.choice(FAULTS))

    def die(self) -> None:
        kind = self.chance.choice(("sync_meeting", "send_mail"))
        self.installation.die_after(self.chance.choice(("claimed", "loaded", "called", "recorded")), kind)

    def delete_in_zoom(self) -> None:
        living = self.installation.living_meetings()
        if living:
            self.installation.simulators.delete_meeting(str(living[-1]["id"]))

    def move_in_zoom(self) -> None:
        """The host moves the meeting on Zoom's own pages: the one that people have heard of.

        A meeting that a lost answer left behind is removed only while it is unchanged. Once a person has
        changed it, it may be theirs, and removing it would be worse than leaving it.
        """
        known = self._ours()
        living = [meeting for meeting in self.installation.living_meetings() if meeting["id"] in known]
        if living:
            start = self.installation.clock.now.replace(microsecond=0) + timedelta(days=2, hours=5)
            number = str(living[-1]["id"])
            self.installation.simulators.change_meeting(number, start_time=f"{start:%Y-%m-%dT%H:%M:%SZ}")

    def hear_from_zoom(self) -> None:
        """A webhook says that something about the meeting has changed, whether it has or not."""
        with self.installation.writing():
            for row in db.session.get_one(Interview, self.interview).meetings:
                if row.provider_meeting_id is not None:
                    look_because_told("zoom", row.provider_meeting_id)
            db.session.commit()

    def keep_ours(self) -> None:
        """Someone sees on the page that the meeting is at another time, and has it changed back."""
        with self.installation.writing():
            restore(db.session.get_one(Interview, self.interview))
            db.session.commit()

    def check(self) -> None:
        """Let everything settle, and compare what the team decided with what there is outside."""
        installation = self.installation
        installation.simulators.zoom_switches(
            lose_next_creates=0,
            drop_next_creates=0,
            lose_next_updates=0,
            lose_next_deletes=0,
            fail_next=0,
            reject_next_tokens=0,
        )
        for _ in range(6):
            installation.later(minutes=5)
        for _ in range(4):
            installation.later(hours=2)
        self.hear_from_zoom()
        # One answer that a meeting is gone is not believed.
        for _ in range(3):
            installation.later(minutes=3)
        self.keep_ours()
        installation.later(minutes=3)
        with installation.reading():
            row = db.session.get_one(Interview, self.interview)
            is_on, start = row.status is InterviewStatus.SCHEDULED, row.starts_at
            meeting, revision = row.meeting, row.revision
            is_zoom = meeting is not None and meeting.software is Software.ZOOM
            state = meeting.state if meeting is not None else None
            number = meeting.provider_meeting_id if meeting is not None else None
            here = {DINA, BEN, *(each.email for each in row.attendees)}
        self._check_meetings(is_on and is_zoom, state, number, start)
        self._check_mails(here, revision, start, is_on=is_on)

    def _check_meetings(
        self, is_wanted: bool, state: MeetingState | None, number: str | None, start: datetime
    ) -> None:
        living = [
            meeting
            for meeting in self.installation.living_meetings()
            if meeting["id"] in self._ours() or not self._is_anothers(meeting["id"])
        ]
        if not is_wanted:
            assert living == [], "a meeting without an interview"
            return
        assert state is MeetingState.READY
        assert [str(meeting["id"]) for meeting in living] == [number]
        [meeting] = living
        assert meeting["start_time"] == f"{start:%Y-%m-%dT%H:%M:%SZ}"

    def _ours(self) -> set[int]:
        rows = self.installation.rows(self.interview)
        return {int(row.provider_meeting_id) for row in rows if row.provider_meeting_id}

    def _is_anothers(self, number: int) -> bool:
        with self.installation.reading():
            others = db.session.scalars(db.select(Interview).where(Interview.id != self.interview))
            return any(
                meeting.provider_meeting_id == str(number) for other in others for meeting in other.meetings
            )

    def _check_mails(self, here: set[str], revision: int, start: datetime, *, is_on: bool) -> None:
        installation = self.installation
        kinds = (INVITATION, CANCELLATION, TAKEN_OFF)
        rows = [mail for kind in kinds for mail in installation.mails(self.interview, kind)]
        assert not [mail for mail in rows if mail.state in (MailState.QUEUED, MailState.FAILED)]
        # A cancellation is never dropped, unless its reader was added again before it left.
        assert all(
            mail.state is MailState.SENT or mail.words == TAKES_PART_AGAIN
            for mail in rows
            if mail.kind != INVITATION
        )
        copies = Counter(str(mail.message["Message-ID"]) for mail in installation.simulators.mails())
        for mail in rows:
            expected = {1, 2} if mail.may_be_double else {1}
            # A process that died between the server's answer and our note sends the same message again.
            assert mail.state is not MailState.SENT or copies[mail.message_id] in expected | {2}
        for address in {mail.address for mail in rows}:
            entries = self._entries(address)
            sequences = [sequence for _, sequence, _ in entries]
            assert sequences == sorted(set(sequences)), f"{address} got {entries}"
            if not entries:
                continue
            method, sequence, told = entries[-1]
            if is_on and address in here:
                assert (method, told) == ("REQUEST", f"{start:%Y-%m-%dT%H:%M}"), f"{address} got {entries}"
            else:
                assert method == "CANCEL", f"{address} got {entries}"
            assert sequence <= revision
        reminders = installation.mails(self.interview, REMINDER)
        queued = [mail for mail in reminders if mail.state is MailState.QUEUED]
        # The scheduler gets a copy of the candidate's.
        assert {mail.address for mail in queued} == (here | {installation.team.ada.email} if is_on else set())
        assert len(queued) == len({mail.address for mail in queued})

    def _entries(self, address: str) -> list[tuple[str, int, str]]:
        """The calendar files of this interview, each message once."""
        with self.installation.reading():
            uid = db.session.get_one(Interview, self.interview).ics_uid
        return list(dict.fromkeys(self.installation.entries(address, uid=uid)))
