"""The form of a custom event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from hiring.queries import OpenJob
from models import CustomEvent, CustomEventKind
from scheduling.events.wanted import TITLE_LIMIT, USUAL_TITLES, EventTime, WantedEvent
from timezones import AmbiguousTimeError, NonexistentTimeError, in_zone, parse_local, zone_abbreviation
from web.forms import Form
from web.times import FIRST_YEAR, LAST_YEAR, instant_as_text

_EVERYONE = ""
_TWICE = "The clocks go back that day, so this time happens twice. Say which one you mean."
_HOUR = timedelta(hours=1)


def _which(label: str) -> RadioField:
    """Shown only when the time beside it occurs twice that day."""
    return RadioField(label, choices=[], validate_choice=False, validators=[Optional()])


class EventForm(Form):
    """`timezone`, the zone in which the times are meant, has to be set before anything is checked."""

    form_id = HiddenField()
    kind = RadioField(
        "What is it?", choices=[SelectChoice(kind.value, USUAL_TITLES[kind]) for kind in CustomEventKind]
    )
    title = StringField(
        "Title", validators=[Length(max=TITLE_LIMIT, message=f"At most {TITLE_LIMIT} characters, please.")]
    )
    is_whole_days = BooleanField("All day")
    first = DateField("First day", validators=[InputRequired("Choose a day.")])
    begin = TimeField("Begins at", validators=[Optional()])
    begin_which = _which("Which beginning?")
    last = DateField("Last day", validators=[Optional()])
    end = TimeField("Ends at", validators=[Optional()])
    end_which = _which("Which end?")
    job = SelectField("Job", default=_EVERYONE)

    timezone = "UTC"

    def offer(self, jobs: list[OpenJob], *, has_kinds: bool, is_new: bool, kind: CustomEventKind) -> None:
        """Offer what this person may choose: the kind of a new event, and the job of an interview day."""
        self._kind = kind
        # Not marked as optional: a time is needed unless it takes whole days, and a job is always chosen.
        for field in (self.begin, self.end, self.job):
            field.may_be_empty = False
        if not (has_kinds and is_new):
            del self.kind
        if not has_kinds or (not is_new and kind is CustomEventKind.BLOCKED):
            del self.job
        else:
            self.job.choices = [
                SelectChoice(_EVERYONE, "Everyone's"),
                *(SelectChoice(str(job.id), job.title) for job in jobs),
            ]
        if not self.form_id.data or len(self.form_id.data) > 40:
            self.form_id.data = uuid4().hex

    def fill(self, event: CustomEvent) -> None:
        """Fill in the values of an event."""
        begin, end = (in_zone(instant, event.timezone) for instant in (event.starts_at, event.ends_at))
        self.title.data = event.title
        self.is_whole_days.data = event.first_day is not None
        self.first.data, self.last.data = event.first_day or begin.date(), event.last_day or end.date()
        if event.first_day is None:
            self.begin.data, self.end.data = begin.time(), end.time()
            for field, instant in ((self.begin_which, event.starts_at), (self.end_which, event.ends_at)):
                field.data = instant_as_text(instant)
            self._instant(self.first.data, self.begin, self.begin_which)
            self._instant(self.last.data, self.end, self.end_which)
            self.begin.errors = self.end.errors = []
        if "job" in self:
            self.job.data = _EVERYONE if event.job_id is None else str(event.job_id)

    def begin_with(self, on: date, at: datetime | None, job_id: int | None) -> None:
        """Begin with this day, and with an hour from `at` if there is one, for a form that is shown first."""
        self.first.data = on
        if at is not None:
            begin, end = in_zone(at, self.timezone), in_zone(at + _HOUR, self.timezone)
            self.first.data, self.begin.data = begin.date(), begin.time()
            self.end.data = end.time()
            self.last.data = end.date() if end.date() != begin.date() else None
        if "kind" in self:
            self.kind.data = CustomEventKind.BLOCKED.value
        if job_id is not None and "job" in self:
            self.job.data, self.is_whole_days.data = str(job_id), True
            if "kind" in self:
                self.kind.data = CustomEventKind.INTERVIEW_DAY.value

    def validate_first(self, field: Field) -> None:
        _check_year(field)

    def validate_last(self, field: Field) -> None:
        _check_year(field)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.is_whole_days.data:
            # Fields that aren't shown can't be wrong.
            self.begin.errors = self.end.errors = []
            return not self.errors
        for field, words in ((self.begin, "Enter when it begins."), (self.end, "Enter when it ends.")):
            if field.data is None and not field.errors:
                self.refuse(field.name, words)
                is_valid = False
        if not is_valid:
            return False
        self._instant(self.first.data, self.begin, self.begin_which)
        self._instant(self._last, self.end, self.end_which)
        return not self.errors

    @property
    def _last(self) -> date:
        last: date = self.last.data or self.first.data
        return last

    def wanted(self) -> WantedEvent:
        """The form's values, once it is valid."""
        kind = CustomEventKind(self.kind.data) if "kind" in self else self._kind
        is_interview_day = kind is CustomEventKind.INTERVIEW_DAY and "job" in self
        job_id = int(self.job.data) if is_interview_day and self.job.data else None
        return WantedEvent(kind, self.title.data or "", self._time(), job_id)

    def _time(self) -> EventTime:
        if self.is_whole_days.data:
            return EventTime.of_days(self.first.data, self._last, self.timezone)
        starts_at = self._instant(self.first.data, self.begin, self.begin_which)
        ends_at = self._instant(self._last, self.end, self.end_which)
        assert starts_at is not None
        assert ends_at is not None
        return EventTime(starts_at, ends_at, self.timezone)

    def _instant(self, on: date, at: Field, which: Field) -> datetime | None:
        """The instant of a wall time; None, with a message beside its field, for a skipped or a repeated
        one."""
        try:
            instant = parse_local(on, at.data, self.timezone)
        except NonexistentTimeError as gap:
            words = f"The clocks go forward that day: after {gap.before:%H:%M} comes {gap.after:%H:%M}."
            self.refuse(at.name, f"{words} Choose a time that exists.")
            return None
        except AmbiguousTimeError as twice:
            which.choices = [
                SelectChoice(instant_as_text(each), f"The {name}, {zone_abbreviation(each, self.timezone)}")
                for name, each in (("first", twice.earlier), ("second", twice.later))
            ]
            for each in (twice.earlier, twice.later):
                if which.data == instant_as_text(each):
                    return each
            self.refuse(at.name, _TWICE)
            return None
        else:
            which.choices = []
            return instant


def _check_year(field: Field) -> None:
    if field.data is not None and not FIRST_YEAR <= field.data.year < LAST_YEAR:
        raise ValidationError("Check the year.")
