"""Date & Time: when, in whose zone, and what else is on then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, IntegerField, RadioField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from blueprints.schedule_interview.clash_check import TICK_NEEDED, ClashTick, clash_box, clashes_then
from blueprints.schedule_interview.day import day_of
from blueprints.schedule_interview.hosting import hosting_warnings
from blueprints.schedule_interview.local_times import LocalTimes, OnTheClock, local_times
from blueprints.schedule_interview.steps.base import Step, StepForm
from scheduling.clashes import Clash
from timezones import (
    AmbiguousTimeError,
    NonexistentTimeError,
    UnknownZoneError,
    is_zone,
    parse_local,
    utc_now,
    zone_short_name,
)
from web.forms import ZoneField, zone_choices

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog

# Beyond this the year is a slip of the finger.
_YEARS_AHEAD = 5
_FURTHEST = timedelta(days=366 * _YEARS_AHEAD)
# What has just passed is still shown on everybody's clock beside the refusal.
_JUST_PASSED = timedelta(days=1)


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
    accepted_clashes = ClashTick("Schedule it all the same")

    def validate_time(self, field: Field) -> None:
        """Ask about a repeated hour; refuse a skipped one and what is not ahead."""
        if self.date.data is None or field.data is None or not self.timezone.data or self.timezone.errors:
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
                "The clocks go back that day, so this time comes twice. Say which one."
            ) from None
        except (UnknownZoneError, OverflowError):
            raise ValidationError("This date and time cannot be used.") from None
        self.keep_asking()
        if starts_at <= utc_now():
            raise ValidationError("This time has passed. Choose a later one.")
        if starts_at > utc_now() + _FURTHEST:
            raise ValidationError(f"This is more than {_YEARS_AHEAD} years ahead. Check the year.")

    @property
    def starts_at(self) -> datetime | None:
        """The instant of wall time and zone, right or wrong; None while they do not make one, and for a time
        so far off that nothing need be worked out for it."""
        if self.date.data is None or self.time.data is None or not is_zone(self.timezone.data or ""):
            return None
        try:
            starts_at = self._read()
        except (NonexistentTimeError, AmbiguousTimeError, OverflowError):
            return None
        now = utc_now()
        return starts_at if now - _JUST_PASSED <= starts_at <= now + _FURTHEST else None

    @property
    def minutes(self) -> int | None:
        """How long it takes, if that can be."""
        length = self.duration_minutes.data
        return length if length is not None and 5 <= length <= 1440 else None

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

    def _read(self) -> datetime:
        try:
            return parse_local(self.date.data, self.time.data, self.timezone.data)
        except AmbiguousTimeError as twice:
            for instant in (twice.earlier, twice.later):
                if self.occurrence.data == _as_value(instant):
                    return instant
            raise

    def _ask_which(self, twice: AmbiguousTimeError) -> None:
        zone = self.timezone.data
        self.occurrence.choices = [
            SelectChoice(
                _as_value(instant), f"The {which}, {zone_short_name(instant, zone)} ({_utc(instant)})"
            )
            for which, instant in (("first", twice.earlier), ("second", twice.later))
        ]

    @property
    def wall_time(self) -> str:
        return f"{self.date.data:%Y-%m-%d}T{self.time.data:%H:%M}"


def _as_value(instant: datetime) -> str:
    """An answer names the instant itself, so that it says nothing about another day or another zone."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


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
        if any(clash.key not in form.accepted_clashes.keys for clash in _clashes(dialog, form)):
            form.refuse("accepted_clashes", TICK_NEEDED)
            return False
        return True

    def context(self, dialog: Dialog, form: DateTimeForm) -> dict[str, Any]:
        return {"problem": "", "out_of_band": False, **_at_that_time(dialog, form)}

    def look(self, dialog: Dialog, typed: MultiDict[str, str]) -> dict[str, Any]:
        """What goes with what is typed so far. Nothing of it is saved, and nothing refused before it is
        sent; only a time that cannot be is said at once."""
        form = DateTimeForm(formdata=typed, meta={"csrf": False})
        self.prepare(dialog, form)
        form.validate()
        is_typed = form.date.data is not None and form.time.data is not None
        return {
            "form": form,
            "out_of_band": True,
            "candidate": dialog.candidate,
            "problem": form.time.errors[0] if is_typed and form.time.errors else "",
            **_at_that_time(dialog, form),
        }


DATE_TIME = DateTimeStep()


def _at_that_time(dialog: Dialog, form: DateTimeForm) -> dict[str, Any]:
    """What goes with a form as it stands, be it right or wrong or half typed."""
    zone = form.timezone.data if is_zone(form.timezone.data or "") else dialog.actor.timezone
    starts_at, minutes, on = form.starts_at, form.minutes, form.date.data
    clashes = _clashes(dialog, form)
    accepted = form.accepted_clashes.keys | _accepted_later(dialog)
    times = local_times(starts_at, zone, _people(dialog, zone)) if starts_at is not None else None
    day = None
    # The calendar's first and last days have no day before or after them.
    if on is not None and 1 < on.year < 9999:
        day = day_of(
            dialog,
            on,
            zone,
            wanted=(starts_at, starts_at + timedelta(minutes=minutes)) if starts_at and minutes else None,
            user_ids=dialog.busy_user_ids(),
            clashing={clash.interview_id for clash in clashes},
        )
    return {
        "clash_box": clash_box(clashes, accepted, zone, on=on),
        "hosting_warnings": hosting_warnings(dialog, minutes),
        "local_times": times,
        "day": day,
        "announcement": _announcement(clashes, times),
    }


def _announcement(clashes: list[Clash], times: LocalTimes | None) -> str:
    """The warnings in a sentence or two, for saying aloud."""
    busy = ", ".join(dict.fromkeys(clash.name for clash in clashes))
    nights = ", ".join(dict.fromkeys(row.place for row in times.rows if row.is_night)) if times else ""
    words = [
        f"Something else at the same time: {busy}." if busy else "",
        f"Night in {nights}." if nights else "",
    ]
    return " ".join(filter(None, words))


def _clashes(dialog: Dialog, form: DateTimeForm) -> list[Clash]:
    """What happens at the wanted time to those who are chosen so far."""
    if form.starts_at is None or form.minutes is None:
        return []
    return clashes_then(
        dialog,
        form.starts_at,
        form.minutes,
        manager=dialog.hiring_manager,
        user_ids=dialog.busy_user_ids(),
    )


def _accepted_later(dialog: Dialog) -> frozenset[str]:
    """What was accepted on the Attendees step, for people who were chosen there."""
    saved = dialog.draft.payload.get("attendees", {}).get("accepted_clashes", [])
    return frozenset(" ".join(saved).split())


def _people(dialog: Dialog, chosen_zone: str) -> list[OnTheClock]:
    """Everybody whose clock matters, as far as they are chosen: the candidate first, and at the end whoever
    schedules, unless they take part or the time is chosen on their own clock."""
    zones = {user.id: user.timezone for user in dialog.team}
    people = [OnTheClock(dialog.candidate.name, "Candidate", dialog.candidate.timezone)]
    manager = dialog.hiring_manager
    if manager is not None:
        people.append(OnTheClock(manager.name, "Hiring manager", manager.timezone))
    people += [
        OnTheClock(person.name, "Attendee", zones.get(person.user_id) if person.user_id else None)
        for person in dialog.attendees()
    ]
    actor = dialog.actor
    if actor.id not in dialog.busy_user_ids() and actor.timezone != chosen_zone:
        people.append(OnTheClock("You", "Scheduling", actor.timezone))
    return people
