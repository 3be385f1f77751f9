"""When an interview takes place: the fields for a date, a time, a length and a zone, with their errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, RadioField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from scheduling.plans import When
from timezones import (
    AmbiguousTimeError,
    NonexistentTimeError,
    UnknownZoneError,
    happens_twice,
    in_zone,
    is_zone,
    parse_local,
    utc_now,
    zone_abbreviation,
)
from web.minutes_field import MinutesField
from web.times import instant_as_text, instant_in
from web.zone_fields import ZoneField

# Beyond this the year must be a typo.
YEARS_AHEAD = 5
FURTHEST = timedelta(days=366 * YEARS_AHEAD)
# In minutes.
SHORTEST, LONGEST = 5, 1440
PASSED = "This time has passed. Choose a later one."
TOO_FAR = f"This is more than {YEARS_AHEAD} years ahead. Check the year."
# The names of the buttons that choose a free time, and another day, without a script. A free time is
# a wall time on the day that is typed, or an instant as `instant_as_text` writes it.
AT, ON = "at", "on"
_WALL_TIME = re.compile(r"\d\d:\d\d")
# A time that has just passed is still shown in everyone's zone beside the error.
_JUST_PASSED = timedelta(days=1)


class WhenFields:
    """For a form to inherit."""

    date = DateField("Date", validators=[InputRequired("Choose a date.")])
    time = TimeField("Time", validators=[InputRequired("Choose a time.")])
    duration_minutes = MinutesField(
        "Duration in minutes",
        default=45,
        validators=[
            InputRequired("Enter how long the interview takes."),
            NumberRange(SHORTEST, LONGEST, f"Enter between {SHORTEST} and {LONGEST} minutes."),
        ],
    )
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    # Shown only when this time occurs twice that day.
    occurrence = RadioField("Which one?", choices=[], validate_choice=False, validators=[Optional()])

    def validate_date(self, field: Field) -> None:
        """Refuse a day that is over, or too far ahead to be meant. The zone is checked with its own field."""
        if field.data is None or not is_zone(self.timezone.data or ""):
            return
        now = utc_now()
        if field.data < in_zone(now, self.timezone.data).date():
            raise ValidationError("This date has passed. Choose a later one.")
        if field.data > in_zone(now + FURTHEST, self.timezone.data).date():
            raise ValidationError(TOO_FAR)

    def validate_time(self, field: Field) -> None:
        """Ask about a repeated hour; refuse a skipped hour and a time that is not in the future."""
        if self.date.data is None or field.data is None or not self.timezone.data or self.date.errors:
            return
        try:
            starts_at = self._read()
        except NonexistentTimeError as gap:
            raise ValidationError(
                f"The clocks go forward that day: after {gap.before:%H:%M} comes {gap.after:%H:%M}. "
                "Choose a time that exists."
            ) from None
        except AmbiguousTimeError as twice:
            self._ask_which(twice)
            raise ValidationError(
                "The clocks go back that day, so this time happens twice. Say which one you mean."
            ) from None
        except (UnknownZoneError, OverflowError):
            raise ValidationError("This date and time can't be used.") from None
        self.keep_asking()
        now = utc_now()
        if starts_at <= now:
            raise ValidationError(PASSED)
        if starts_at > now + FURTHEST:
            raise ValidationError(TOO_FAR)

    @property
    def starts_at(self) -> datetime | None:
        """The instant of wall time and zone, valid or not; None while they do not make one, and for a time so
        far off that nothing has to be computed for it.
        """
        if self.date.data is None or self.time.data is None or not is_zone(self.timezone.data or ""):
            return None
        try:
            starts_at = self._read()
        except (NonexistentTimeError, AmbiguousTimeError, OverflowError):
            return None
        now = utc_now()
        return starts_at if now - _JUST_PASSED <= starts_at <= now + FURTHEST else None

    @property
    def minutes(self) -> int | None:
        """The duration, if that is a possible length."""
        length = self.duration_minutes.data
        return length if length is not None and SHORTEST <= length <= LONGEST else None

    @property
    def when(self) -> When | None:
        """The time that is filled in; None while the fields do not make one."""
        if self.starts_at is None or self.minutes is None:
            return None
        return When(self.starts_at, self.wall_time, self.timezone.data, self.minutes)

    def take_from_button(self, sent: Mapping[str, str]) -> bool:
        """Fill in the free time or the day whose button sent the form, and say whether one did. It is not
        checked: the page is only shown again with it.
        """
        filled: list[tuple[Field, str]]
        instant = instant_in(sent.get(AT, "")) if is_zone(self.timezone.data or "") else None
        if instant is not None:
            local = in_zone(instant, self.timezone.data)
            filled = [(self.date, f"{local:%Y-%m-%d}"), (self.time, f"{local:%H:%M}")]
            which = instant_as_text(instant) if happens_twice(instant, self.timezone.data) else ""
            filled.append((self.occurrence, which))
        elif _WALL_TIME.fullmatch(sent.get(AT, "")):
            filled = [(self.time, sent[AT])]
        elif sent.get(ON):
            filled = [(self.date, sent[ON])]
        else:
            return False
        for field, value in filled:
            field.process(MultiDict({field.name: value}))
            field.errors = []
        self.keep_asking()
        return True

    def keep_asking(self) -> None:
        """Show the answered question again, if this time occurs twice."""
        if self.date.data is None or self.time.data is None:
            return
        try:
            parse_local(self.date.data, self.time.data, self.timezone.data or "")
        except AmbiguousTimeError as twice:
            self._ask_which(twice)
        except (NonexistentTimeError, UnknownZoneError, OverflowError):
            # Errors are reported where the answer is checked.
            return

    def _read(self) -> datetime:
        try:
            return parse_local(self.date.data, self.time.data, self.timezone.data)
        except AmbiguousTimeError as twice:
            for instant in (twice.earlier, twice.later):
                if self.occurrence.data == instant_as_text(instant):
                    return instant
            raise

    def _ask_which(self, twice: AmbiguousTimeError) -> None:
        zone = self.timezone.data
        self.occurrence.choices = [
            SelectChoice(
                instant_as_text(instant), f"The {which}, {zone_abbreviation(instant, zone)} ({_utc(instant)})"
            )
            for which, instant in (("first", twice.earlier), ("second", twice.later))
        ]

    @property
    def wall_time(self) -> str:
        return f"{self.date.data:%Y-%m-%d}T{self.time.data:%H:%M}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%H:%M} UTC"
