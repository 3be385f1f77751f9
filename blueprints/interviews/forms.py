"""The forms of the pages that change an interview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from blueprints.own_page.forms import SuitingTime
from blueprints.schedule_interview.forms.clash_tick import OFFER_ANYWAY, ClashTick
from blueprints.schedule_interview.forms.when import WhenFields
from database import read_row_id
from models import Absent, Verdict
from scheduling.commands.candidate import MOST_TIMES
from scheduling.feedback import Given
from scheduling.plans import When
from timezones import in_zone
from web.forms import Form
from web.times import instant_as_text
from web.zone_fields import ZoneField

WORDS_LIMIT = 1000
NOTES_LIMIT = 5000
_TOO_LONG = f"Keep it under {WORDS_LIMIT:,} characters."


class CancelForm(Form):
    words = TextAreaField("Message", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    tells_candidate = BooleanField("Tell the candidate by email", default=True)


class KeepTimeForm(Form):
    """`answer` is the number of the request as the person saw it."""

    words = TextAreaField("Message", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    answer = HiddenField()

    @property
    def number(self) -> int:
        return read_row_id(self.answer.data) or 0


class RescheduleForm(WhenFields, Form):
    """Another time only. `shown` is the time whose consequences were on the page when the button was pressed,
    because no one can confirm what they have not seen. `seen` is the mark of the interview as it was shown,
    and `since` the last line of its timeline then.
    """

    accepted_clashes = ClashTick("Reschedule anyway")
    words = TextAreaField("Reason", validators=[Length(max=WORDS_LIMIT, message=_TOO_LONG)])
    shown = HiddenField()
    seen = HiddenField()
    since = HiddenField()

    @property
    def key(self) -> str:
        """The time that was chosen, as `shown` repeats it; "" for none."""
        when = self.when
        return f"{when.starts_at.isoformat()} {when.timezone} {when.duration_minutes}" if when else ""


class ScheduleAtForm(Form):
    """Scheduling at a time that the candidate has chosen or named, with what it clashes with."""

    accepted_clashes = ClashTick("Schedule anyway")


class OfferTimesForm(Form):
    """Other times to choose from. `rows` are the times, each with what is wrong with it."""

    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    accepted_clashes = ClashTick(OFFER_ANYWAY)

    def __init__(self, *, zone: str, minutes: int, known: Sequence[datetime] = ()) -> None:
        """`known` (aware UTC) are the times to begin with, by the clock of `zone` (an IANA name). All of them
        take as many `minutes`."""
        super().__init__(data={"timezone": zone})
        self._minutes = minutes
        walls = [in_zone(each, zone) for each in known]
        self.rows = [
            SuitingTime(
                prefix=f"time-{number}",
                data={
                    "date": wall.date(),
                    "time": wall.time(),
                    "occurrence": instant_as_text(wall.astimezone(UTC)),
                }
                if wall is not None
                else None,
            )
            for number, wall in zip_longest(range(1, MOST_TIMES + 1), walls)
        ]
        for row in self.rows:
            row.timezone.data = self.timezone.data
            row.keep_asking()

    def validate(self, extra_validators: Any = None) -> bool:
        if not all([super().validate(extra_validators), *(row.validate() for row in self.rows)]):
            return False
        if not self.slots:
            self.rows[0].date.errors = ["Add at least one time."]
            return False
        return True

    @property
    def filled(self) -> list[SuitingTime]:
        """The rows of a valid form that name a time."""
        return [row for row in self.rows if row.starts_at is not None]

    @property
    def slots(self) -> list[When]:
        """The times of a valid form."""
        return [
            When(row.starts_at, row.wall_time, self.timezone.data, self._minutes)
            for row in self.rows
            if row.starts_at is not None
        ]


class FeedbackForm(Form):
    verdict = RadioField(
        "Would you hire this candidate?",
        choices=[SelectChoice(each.value, each.label) for each in Verdict],
        validators=[InputRequired("Choose Hire, No hire or Maybe.")],
    )
    rating = RadioField(
        "Rating, from 1 (poor) to 5 (excellent)",
        choices=[SelectChoice(str(number), str(number)) for number in range(1, 6)],
        validators=[Optional()],
    )
    notes = TextAreaField(
        "Notes", validators=[Length(max=NOTES_LIMIT, message=f"Keep it under {NOTES_LIMIT:,} characters.")]
    )

    @property
    def given(self) -> Given:
        """What was said, once the form is valid."""
        rating = int(self.rating.data) if self.rating.data else None
        return Given(Verdict(self.verdict.data), rating, self.notes.data or "")

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, which is fine if the page has another purpose."""
        return not (self.verdict.data or self.rating.data or self.notes.data)


class NoShowForm(Form):
    absent = RadioField(
        "Who didn't come?",
        choices=[SelectChoice(each.value, each.label) for each in Absent],
        validators=[InputRequired("Choose who didn't come.")],
    )
