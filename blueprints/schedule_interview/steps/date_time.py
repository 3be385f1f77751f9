"""Date & Time: when, in whose zone, and who is busy then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, DateField, Field, IntegerField, RadioField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from blueprints.schedule_interview.steps.base import Step, StepForm
from scheduling.clashes import Clash, find_clashes
from timezones import (
    AmbiguousTimeError,
    NonexistentTimeError,
    UnknownZoneError,
    local_moment,
    parse_local,
    utc_now,
    zone_short_name,
)
from web.forms import ZoneField, zone_choices

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

# Beyond this the year is a slip of the finger.
_YEARS_AHEAD = 5


class DateTimeForm(StepForm):
    date = DateField("Date", validators=[InputRequired("Choose a date.")])
    time = TimeField("Time", validators=[InputRequired("Choose a time.")])
    duration_minutes = IntegerField(
        "Duration in minutes",
        default=45,
        validators=[
            InputRequired("Enter how long the interview takes."),
            NumberRange(5, 1440, "Enter between 5 and 1440 minutes."),
        ],
    )
    timezone = ZoneField("Time zone", validators=[DataRequired("Choose a time zone.")])
    # Shown only when the clock strikes this time twice that day.
    occurrence = RadioField("Which one?", choices=[], validate_choice=False, validators=[Optional()])
    clash_ok = BooleanField("Schedule it all the same")

    starts_at: datetime | None = None

    def validate_time(self, field: Field) -> None:
        """Turn wall time and zone into an instant; ask about a repeated hour, refuse a skipped one."""
        if self.date.data is None or field.data is None or not self.timezone.data or self.timezone.errors:
            return
        later = {"first": False, "second": True}.get(self.occurrence.data or "")
        try:
            self.starts_at = parse_local(self.date.data, field.data, self.timezone.data, later=later)
        except NonexistentTimeError as gap:
            raise ValidationError(
                f"The clocks go forward that day: after {gap.before:%H:%M} comes {gap.after:%H:%M}. "
                "Choose a time that exists."
            ) from None
        except AmbiguousTimeError as twice:
            self._ask_which(twice)
            raise ValidationError(
                "The clocks go back that day, so this time comes twice. Say which one."
            ) from None
        except (UnknownZoneError, OverflowError):
            raise ValidationError("This date and time cannot be used.") from None
        if later is not None:
            self.keep_asking()
        if self.starts_at <= utc_now():
            raise ValidationError("This time has passed. Choose a later one.")
        if self.starts_at > utc_now() + timedelta(days=366 * _YEARS_AHEAD):
            raise ValidationError(f"This is more than {_YEARS_AHEAD} years ahead. Check the year.")

    def keep_asking(self) -> None:
        """Show the question that was answered again, if the clock strikes this time twice."""
        if self.date.data is None or self.time.data is None:
            return
        try:
            parse_local(self.date.data, self.time.data, self.timezone.data or "")
        except AmbiguousTimeError as twice:
            self._ask_which(twice)
        except (NonexistentTimeError, UnknownZoneError, OverflowError):
            # Whatever is wrong with it is said where the answer is checked.
            return

    def _ask_which(self, twice: AmbiguousTimeError) -> None:
        zone = self.timezone.data
        self.occurrence.choices = [
            SelectChoice(
                "first", f"The first, {zone_short_name(twice.earlier, zone)} ({_utc(twice.earlier)})"
            ),
            SelectChoice("second", f"The second, {zone_short_name(twice.later, zone)} ({_utc(twice.later)})"),
        ]

    @property
    def wall_time(self) -> str:
        return f"{self.date.data:%Y-%m-%d}T{self.time.data:%H:%M}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%H:%M} UTC"


class DateTimeStep(Step[DateTimeForm]):
    key, label = "date-time", "Date & Time"
    form_class = DateTimeForm

    def prepare(self, dialog: Dialog, form: DateTimeForm) -> None:
        form.timezone.choices = zone_choices(first=dialog.actor.timezone)

    def suggest(self, dialog: Dialog, form: DateTimeForm) -> None:
        form.timezone.data = dialog.actor.timezone

    def show_saved(self, dialog: Dialog, form: DateTimeForm) -> None:
        form.keep_asking()

    def check(self, dialog: Dialog, form: DateTimeForm) -> bool:
        if not form.validate():
            return False
        if _clashes(dialog, form) and not form.clash_ok.data:
            form.refuse("clash_ok", "Choose another time, or tick that it is all right.")
            return False
        return True

    def context(self, dialog: Dialog, form: DateTimeForm) -> dict[str, Any]:
        zone = dialog.actor.timezone
        # A form that comes from the draft, not from the browser, knows its instant only in its checked copy.
        known = form if form.starts_at is not None else dialog.checked(DATE_TIME) or form
        return {
            "clashes": [
                f"{clash.name} has another interview from {local_moment(clash.starts_at, zone).short} "
                f"to {local_moment(clash.ends_at, zone).time}."
                for clash in _clashes(dialog, known)
            ]
        }


DATE_TIME = DateTimeStep()


def _clashes(dialog: Dialog, form: DateTimeForm) -> list[Clash]:
    """Other interviews of the people at the wanted time."""
    if form.starts_at is None or not form.duration_minutes.data or form.duration_minutes.errors:
        return []
    return find_clashes(dialog.busy_user_ids(), form.starts_at, form.duration_minutes.data)
