"""Forms of one's own availability: the hours of a week with the limits, and days that are different."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from wtforms import DateField, Field, IntegerField, RadioField, SelectField, StringField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from scheduling.availability.hours import NOTICES, OFFERED, USUAL_WEEK, Availability, Hours, OtherDays, Week
from web.forms import Form
from wording import short_duration

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The button that puts Monday's hours into the four days after it.
COPY_MONDAY = "copy_monday"
USUAL, OWN = "usual", "own"
# A morning and an afternoon.
_SPANS = (0, 1)
_FREE_MINUTES = (0, 5, 10, 15, 20, 30, 45, 60)
_MOST = 50
# Beyond this the year must be a typo.
_FURTHEST = timedelta(days=3 * 366)
_LONGEST = timedelta(days=366)


def _limit(label: str) -> IntegerField:
    words = f"Enter a number from 1 to {_MOST}, or leave empty."
    return IntegerField(label, validators=[Optional(), NumberRange(1, _MOST, words)])


def _minutes(label: str) -> SelectField:
    choices = [
        SelectChoice(minutes, short_duration(minutes) if minutes else "None") for minutes in _FREE_MINUTES
    ]
    return SelectField(label, coerce=int, choices=choices, default=0)


class AvailabilityForm(Form):
    """The fields of a day are named by its number, from 0 for Monday, and that of the span: `begin_0_0`."""

    kind = RadioField(
        "When do you take interviews?",
        choices=[
            SelectChoice(USUAL, f"Monday to Friday, {OFFERED}"),
            SelectChoice(OWN, "Your own hours"),
        ],
        default=USUAL,
    )
    notice_minutes = SelectField(
        "Notice",
        coerce=int,
        choices=[SelectChoice(minutes, words) for minutes, words in NOTICES.items()],
        default=0,
    )
    minutes_before = _minutes("Free before each interview")
    minutes_after = _minutes("Free after each interview")
    most_a_day = _limit("Maximum a day")
    most_a_week = _limit("Maximum a week")

    @classmethod
    def of(cls, said: Availability) -> AvailabilityForm:
        """The form filled in with what someone has said."""
        filled: dict[str, Any] = {
            "kind": USUAL if said.week is None else OWN,
            "notice_minutes": said.notice_minutes,
            "minutes_before": said.minutes_before,
            "minutes_after": said.minutes_after,
            "most_a_day": said.most_a_day,
            "most_a_week": said.most_a_week,
        }
        for day, spans in enumerate(said.week or USUAL_WEEK):
            for number, hours in enumerate(spans[: len(_SPANS)]):
                filled[f"begin_{day}_{number}"], filled[f"end_{day}_{number}"] = hours.begin, hours.end
        return cls(formdata=None, data=filled)

    def spans(self, day: int) -> list[tuple[Field, Field]]:
        """The fields of a day, each with that of its end."""
        return [(self[f"begin_{day}_{number}"], self[f"end_{day}_{number}"]) for number in _SPANS]

    def copy_monday(self) -> None:
        """Put what Monday's fields say into those of the four days after it. Nothing is checked."""
        self.kind.data = OWN
        for day in range(1, 5):
            for theirs, mondays in zip(self.spans(day), self.spans(0), strict=True):
                for field, source in zip(theirs, mondays, strict=True):
                    field.data, field.raw_data = source.data, source.raw_data

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.kind.data != OWN:
            # What is hidden is not asked for.
            for day in range(len(DAYS)):
                for begin, end in self.spans(day):
                    begin.errors = end.errors = []
            return not self.errors
        for day in range(len(DAYS)):
            is_valid = self._is_day_valid(day) and is_valid
        if is_valid and not any(self._week()):
            self.refuse("begin_0_0", "Enter the hours of one day at least, or choose the usual ones.")
            is_valid = False
        return is_valid

    def _is_day_valid(self, day: int) -> bool:
        spans = self.spans(day)
        is_valid, earlier = True, None
        for begin, end in spans:
            if begin.errors or end.errors:
                is_valid = False
                continue
            field, words = _problem_of_fields(begin, end, earlier)
            if words:
                self.refuse(field.name, words)
                is_valid = False
            else:
                earlier = _hours(begin, end) or earlier
        return is_valid

    def _week(self) -> Week:
        found = [[_hours(begin, end) for begin, end in self.spans(day)] for day in range(len(DAYS))]
        return tuple(tuple(hours for hours in day if hours is not None) for day in found)

    def availability(self, other_days: tuple[OtherDays, ...]) -> Availability:
        """What the form says, once it is valid, with these days that it says nothing of."""
        return Availability(
            week=self._week() if self.kind.data == OWN else None,
            other_days=other_days,
            notice_minutes=self.notice_minutes.data,
            minutes_before=self.minutes_before.data,
            minutes_after=self.minutes_after.data,
            most_a_day=self.most_a_day.data,
            most_a_week=self.most_a_week.data,
        )


for _day, _name in enumerate(DAYS):
    for _number, _which in zip(_SPANS, ("", ", again"), strict=True):
        for _end, _words in (("begin", "from"), ("end", "to")):
            setattr(
                AvailabilityForm,
                f"{_end}_{_day}_{_number}",
                TimeField(f"{_name}{_which} {_words}", validators=[Optional()]),
            )


class OtherDaysForm(Form):
    first = DateField("First day", validators=[InputRequired("Choose a day.")])
    last = DateField("Last day", validators=[Optional()])
    begin = TimeField("From", validators=[Optional()])
    end = TimeField("To", validators=[Optional()])
    note = StringField(
        "Note to yourself", validators=[Length(max=80, message="At most 80 characters, please.")]
    )

    today: date = date.min

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        problems = []
        if not self.first.errors and not self.last.errors:
            problems.append(self._problem_of_days())
        if not self.begin.errors and not self.end.errors:
            problems.append(_problem_of_fields(self.begin, self.end, None))
        for field, words in problems:
            if words:
                self.refuse(field.name, words)
                is_valid = False
        return is_valid

    def _problem_of_days(self) -> tuple[Field, str]:
        first, last = self.first.data, self.last.data or self.first.data
        if last < first:
            return self.last, "The last day is before the first one."
        if last < self.today:
            return self.first, "These days are over. Choose later ones."
        if last > self.today + _FURTHEST:
            return self.first, "This is more than three years ahead. Check the year."
        if last - first > _LONGEST:
            return self.last, "This is longer than a year. Check the year."
        return self.first, ""

    def days(self) -> OtherDays:
        """The form's values, once it is valid."""
        hours = _hours(self.begin, self.end)
        return OtherDays(
            self.first.data,
            self.last.data or self.first.data,
            (hours,) if hours is not None else (),
            self.note.data or "",
        )


def _hours(begin: Field, end: Field) -> Hours | None:
    return Hours(begin.data, end.data) if begin.data is not None and end.data is not None else None


def _problem_of_fields(begin: Field, end: Field, earlier: Hours | None) -> tuple[Field, str]:
    """The error in a typed span, with the field to show it beside; "" if it is right or empty."""
    if begin.data is None and end.data is None:
        return begin, ""
    if end.data is None:
        return end, "Enter until when."
    if begin.data is None:
        return begin, "Enter from when."
    if end.data <= begin.data and end.data != time():
        return end, "This has to be later than the beginning."
    if earlier is not None and (earlier.end == time() or begin.data < earlier.end):
        return begin, f"This has to begin after {earlier.end:%H:%M}, when the first hours end."
    return begin, ""
