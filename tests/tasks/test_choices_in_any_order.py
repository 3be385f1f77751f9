"""Candidates choose, refuse, and wait while the team changes its mind, Zoom fails and processes die: whatever
the order, nothing ends in a contradiction."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from extensions import db
from models import AnswerKind, Interview, InterviewStatus, MailState, MeetingState, User
from scheduling import answers
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from scheduling.commands.cancel import Cancellation, NothingToCancelError, cancel_interview
from scheduling.commands.candidate import TooLateToAnswerError, TooManyAnswersError
from scheduling.commands.requested_times import AnsweredMeanwhileError
from scheduling.commands.time_slots import LinkExpiredError, NotRequestedError, SlotTakenError
from scheduling.commands.undo import TooLateError, undo
from scheduling.errors import SchedulingError
from scheduling.mails.queue import INVITATION, REMINDER, SLOT_REQUEST
from scheduling.mails.slots import SlotOccasion
from tests import factories
from tests.factories import CreatedCandidate, create_candidate, when_at
from tests.machines.counts import Counts
from tests.scheduling.slot_checks import assert_no_one_is_double_booked, assert_one_truth
from tests.tasks.installation import Installation
from tests.tasks.test_any_order import FAULTS

_REFUSED = (
    AnsweredMeanwhileError,
    LinkExpiredError,
    NothingToCancelError,
    NotRequestedError,
    SchedulingError,
    SlotTakenError,
    TooLateError,
    TooLateToAnswerError,
    TooManyAnswersError,
)
CALM = {
    "lose_next_creates": 0,
    "drop_next_creates": 0,
    "lose_next_updates": 0,
    "lose_next_deletes": 0,
    "fail_next": 0,
    "reject_next_tokens": 0,
}


def test_choices_in_any_order_end_in_one_truth(sqlite_installation: Installation, counts: Counts) -> None:
    installation = sqlite_installation
    installation.connect(installation.team.ben)
    seed = random.randrange(10**6)
    for number in counts.repeat("choices in any order", ordinary=1, full=5):
        story = _Story(installation, random.Random(seed + number), number)
        try:
            story.live(steps=30)
            story.check()
        except AssertionError as error:
            raise AssertionError(f"seed {seed + number}: {', '.join(story.told)}") from error


class _Story:
    """Three candidates who are asked about the same mornings of the same people. `told` says what happened,
    for the message of a failure."""

    def __init__(self, installation: Installation, chance: random.Random, number: int) -> None:
        self.installation, self.chance = installation, chance
        self.told: list[str] = []
        # When each round of each request was answered.
        self.answered: dict[tuple[int, int], datetime] = {}
        self.interviews = [self._request(f"p{number}.{each}@mail.example") for each in range(3)]

    def _request(self, address: str) -> int:
        """Ask someone about times at which there is no interview from an earlier story."""
        team = self.installation.team
        with self.installation.writing():
            someone = create_candidate("Dina Kaur", address, team.job_id)
        for _ in range(50):
            with suppress(SchedulingError):
                return self._request_some(someone)
        raise AssertionError("no times are left")

    def _request_some(self, someone: CreatedCandidate) -> int:
        team = self.installation.team
        with self.installation.writing():
            return factories.request_slots(
                team.ada,
                someone,
                *self._mornings(),
                at_once=self.chance.random() < 0.6,
                reminder_minutes=(60,),
            )

    def _mornings(self) -> list[datetime]:
        """Some mornings that begin at different times, and overlap with those of the other candidates."""
        noon = self.installation.clock.now.replace(hour=12, minute=0, second=0, microsecond=0)
        days = self.chance.sample(range(1, 12), k=self.chance.randint(1, 4))
        return [noon + timedelta(days=day, minutes=self.chance.choice((0, 15, 60))) for day in days]

    def live(self, steps: int) -> None:
        acts: list[tuple[Callable[[Interview], None], int]] = [
            (self.choose, 4),
            (self.choose_any_time, 2),
            (self.none_fit, 3),
            (self.no_longer_interested, 1),
            (self.offer_others, 2),
            (self.renew, 1),
            (self.withdraw, 1),
            (self.undo, 1),
            (self.schedule_accepted, 2),
            (self.take_named_time, 2),
        ]
        around: list[tuple[Callable[[], None], int]] = [
            (self.wait, 10),
            (self.zoom_fault, 2),
            (self.mail_fault, 1),
            (self.die, 2),
        ]
        for _ in range(steps):
            [act] = self.chance.choices([a for a, _ in acts], [weight for _, weight in acts])
            self.told.append(act.__name__)
            with suppress(*_REFUSED), self.installation.writing():
                try:
                    act(db.session.get_one(Interview, self.chance.choice(self.interviews)))
                    db.session.commit()
                finally:
                    db.session.rollback()
            self.look()
            [happens] = self.chance.choices([a for a, _ in around], [weight for _, weight in around])
            self.told.append(happens.__name__)
            happens()
            self.look()

    def look(self) -> None:
        """Check what is true at every moment."""
        with self.installation.reading():
            for number in self.interviews:
                interview = db.session.get_one(Interview, number)
                assert_one_truth(interview)
                self._check_nudges(interview)
            assert_no_one_is_double_booked()

    def _check_nudges(self, interview: Interview) -> None:
        for mail in interview.mails:
            if mail.kind == SLOT_REQUEST and mail.sent_at is not None:
                occasion = SlotOccasion.read(mail.occasion)
                at = self.answered.get((interview.id, occasion.round))
                assert not occasion.nudge or at is None or mail.sent_at <= at, "reminded after an answer"

    def _was_answered(self, interview: Interview) -> None:
        request = interview.slot_request
        assert request is not None
        db.session.commit()
        self.answered.setdefault((interview.id, request.round), self.installation.clock.now)

    # What candidates do

    def choose(self, interview: Interview) -> None:
        request = interview.slot_request
        assert request is not None
        slots = [slot for slot in interview.slots if slot.round == request.round]
        time_slots.choose(interview, self.chance.choice(slots).id, self.installation.rules)
        self._was_answered(interview)

    def choose_any_time(self, interview: Interview) -> None:
        """Choose from an old page, or a time of another candidate's."""
        ids = [slot.id for slot in interview.slots]
        others = db.session.get_one(Interview, self.chance.choice(self.interviews)).slots
        wanted = self.chance.choice([*ids, *(slot.id for slot in others)])
        time_slots.choose(interview, wanted, self.installation.rules)
        self._was_answered(interview)

    def none_fit(self, interview: Interview) -> None:
        times = [start + timedelta(hours=3) for start in self._mornings()]
        says.say_none_fit(
            interview, times, self.chance.choice(("", "Mornings are bad")), self.installation.rules
        )
        self._was_answered(interview)

    def no_longer_interested(self, interview: Interview) -> None:
        says.call_off(interview, "Found another job", self.installation.rules)
        self._was_answered(interview)

    # What the team does

    def ada(self) -> User:
        return db.session.get_one(User, self.installation.team.ada.id)

    def offer_others(self, interview: Interview) -> None:
        slots = [when_at(start) for start in self._mornings()]
        time_slots.offer_others(self.ada(), interview, slots, self.installation.rules)

    def renew(self, interview: Interview) -> None:
        time_slots.renew(self.ada(), interview, self.installation.rules)

    def withdraw(self, interview: Interview) -> None:
        cancel_interview(self.ada(), interview, Cancellation("Sorry"), self.installation.rules)
        self._was_answered(interview)

    def undo(self, interview: Interview) -> None:
        undo(self.ada(), interview, interview.revision, self.installation.rules)

    def schedule_accepted(self, interview: Interview) -> None:
        time_slots.schedule_accepted(self.ada(), interview, self.installation.rules)

    def take_named_time(self, interview: Interview) -> None:
        said = answers.what_candidate_says(interview).request
        if said is not None and said.kind is AnswerKind.NONE_FIT and said.times:
            starts_at = self.chance.choice(said.times).starts_at
            time_slots.take_named_time(self.ada(), interview, starts_at, self.installation.rules)

    # What happens around them

    def wait(self) -> None:
        self.installation.later(hours=self.chance.choice((0, 0.01, 1, 12, 24, 50)))

    def zoom_fault(self) -> None:
        self.installation.simulators.zoom_switches(**self.chance.choice(FAULTS))

    def mail_fault(self) -> None:
        self.installation.simulators.mail_switches(refuse_connections=True)
        self.installation.later(hours=self.chance.choice((1, 50)))
        self.installation.simulators.mail_switches(refuse_connections=False)

    def die(self) -> None:
        kind = self.chance.choice(("sync_meeting", "send_mail"))
        self.installation.die_after(self.chance.choice(("claimed", "loaded", "called", "recorded")), kind)

    def check(self) -> None:
        """Let everything settle, and compare what was decided with what there is outside."""
        installation = self.installation
        installation.simulators.zoom_switches(**CALM)
        for _ in range(6):
            installation.later(minutes=5)
        for _ in range(4):
            installation.later(hours=2)
        self.look()
        with installation.reading():
            rows = [db.session.get_one(Interview, number) for number in self.interviews]
            to_come = [
                row
                for row in rows
                if row.status is InterviewStatus.SCHEDULED and row.starts_at > installation.clock.now
            ]
            meetings = {row.id: row.meeting for row in to_come}
            for row in to_come:
                meeting = meetings[row.id]
                assert meeting is not None
                assert meeting.state is MeetingState.READY
                newest = [m for m in row.mails if m.kind == INVITATION and m.occasion == f"r{row.revision}"]
                assert Counter(mail.state for mail in newest) == {MailState.SENT: 2}
                assert any(mail.kind == REMINDER for mail in row.mails)
            ours = {
                number
                for row in rows
                for each in row.meetings
                if (number := each.provider_meeting_id) is not None
            }
            wanted = {meeting.provider_meeting_id for meeting in meetings.values() if meeting is not None}
            for row in rows:
                if row.status is not InterviewStatus.SCHEDULED:
                    waiting = {mail.kind for mail in row.mails if mail.state is MailState.QUEUED}
                    assert waiting <= {SLOT_REQUEST}
        # One whose time has passed is not removed from the account anymore.
        now = f"{installation.clock.now:%Y-%m-%dT%H:%M:%SZ}"
        living = {str(each["id"]) for each in installation.living_meetings() if each["start_time"] > now}
        assert living & ours == wanted
