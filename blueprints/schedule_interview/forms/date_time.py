"""Date & Time: when, in which zone, and what else is on then; or several times for a candidate to choose
from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from blueprints.schedule_interview.forms.base import Answers, Offered, StepForm
from blueprints.schedule_interview.forms.clash_tick import OFFER_ANYWAY, ClashTick
from blueprints.schedule_interview.forms.slots import SlotsField, slot_as_text
from blueprints.schedule_interview.forms.when import AT, FURTHEST, TOO_FAR, WhenFields
from scheduling.plans import When
from scheduling.slots import MOST_SLOTS, without_doubles
from scheduling.working_days import next_working_day
from timezones import in_zone, local_moment, utc_now
from wording import listed

TOO_MANY = f"At most {MOST_SLOTS} times can be offered. Remove one first."


class _IfFilledIn:
    """Ignores a time that is not being filled in: only the times in the list count."""

    def __call__(self, form: DateTimeForm, field: Field) -> None:
        if not form.is_filled_in:
            field.errors = []
            raise StopValidation


class DateTimeForm(WhenFields, StepForm):
    """A form for one time or, if the candidate chooses, for a list of them (`slots`), to which the time that
    is filled in is added."""

    key, label = "date-time", "Date & Time"
    begins_quietly: ClassVar = frozenset({"slots", "date"})
    kept_by_buttons: ClassVar = frozenset({"slots"})

    slots = SlotsField("Times to choose from")
    accepted_clashes = ClashTick("Schedule anyway")

    def offer(self, offered: Offered) -> None:
        if not offered.offers_slots:
            del self.slots
            return
        self.accepted_clashes.label.text = OFFER_ANYWAY
        for field in (self.date, self.time):
            field.validators = [_IfFilledIn(), *field.validators]
            field.flags.required = False

    def suggest(self, offered: Offered) -> None:
        self.timezone.data = offered.zone
        # Most are scheduled within the next few days, and changing a date takes one click less than entering
        # one.
        self.date.data = next_working_day(in_zone(utc_now(), offered.zone).date())

    def show_saved(self, offered: Offered, saved: Answers) -> None:
        self.keep_asking()

    def fill_in(self, answers: Mapping[str, list[str]]) -> None:
        super().fill_in(answers)
        self.keep_asking()

    # When it could be

    @property
    def offers_slots(self) -> bool:
        """Whether the candidate chooses from several times."""
        return "slots" in self

    @property
    def times(self) -> tuple[When, ...]:
        """When the interview could be, soonest first: the one time, or all that the candidate can choose
        from, with the one that is still being filled in. Empty while there is none."""
        alone = (self.when,) if self.when is not None else ()
        return without_doubles((*self.slots.data, *alone)) if self.offers_slots else alone

    @property
    def longest_minutes(self) -> int:
        """How long it takes, at most."""
        lengths = [slot.duration_minutes for slot in self.times]
        return max(lengths, default=self.duration_minutes.data or 0)

    @property
    def is_filled_in(self) -> bool:
        """Whether a time was entered, right or wrong. The day alone is there from the beginning."""
        return self.time.data is not None or any(text.strip() for text in self.time.raw_data or ())

    def validate_slots(self, field: SlotsField) -> None:
        if not field.data and not self.is_filled_in:
            raise ValidationError("Add at least one time.")
        if len(self.times) > MOST_SLOTS:
            raise ValidationError(TOO_MANY)
        now = utc_now()
        if any(slot.starts_at > now + FURTHEST for slot in field.data):
            raise ValidationError(TOO_FAR)
        over = [slot for slot in field.data if slot.starts_at <= now]
        if over:
            said = listed([local_moment(slot.starts_at, slot.timezone).short for slot in over])
            is_over = "has passed. Remove it." if len(over) == 1 else "have passed. Remove them."
            raise ValidationError(f"{said} {is_over}")

    # Filling the list

    def add(self) -> bool:
        """Put the time that is filled in into the list, and empty its fields. False if that is impossible,
        with the reason beside its field."""
        self.validate()
        for field in self:
            # Nothing else is asked for yet.
            if field.short_name not in _OF_A_TIME:
                field.errors = []
        if not self.is_filled_in:
            self.time.errors = ["Choose a time."]
        if self.errors or self.when is None:
            return False
        if self.when.starts_at in self._starts:
            self.time.errors = ["This time is in the list already."]
        elif len(self.slots.data) >= MOST_SLOTS:
            self.slots.errors = [TOO_MANY]
        if self.errors:
            return False
        self.slots.data = without_doubles((*self.slots.data, self.when))
        self._empty_time()
        return True

    def toggle(self, value: str) -> bool:
        """Put a free time into the list, or take it out again, as its button sends it: a wall time is one on
        the day that is chosen, whose times may not be on the page yet. What is being filled in stays. False
        as with `add`."""
        typed = [(field, field.raw_data or ()) for field in (self.time, self.occurrence)]
        if not self.take_from_button({AT: value}):
            return True
        if self.when is not None and self.when.starts_at in self._starts:
            starts_at = self.when.starts_at
            self.slots.data = tuple(slot for slot in self.slots.data if slot.starts_at != starts_at)
        elif not self.add():
            return False
        for field, values in typed:
            field.process(MultiDict((field.name, text) for text in values))
        self.keep_asking()
        return True

    def add_filled_in(self) -> None:
        """Let Continue add what is filled in. What is wrong with it is said where the form is checked."""
        if self.when is not None and self.when.starts_at in self._starts:
            self._empty_time()
        elif self.is_filled_in:
            self.add()

    def remove(self, text: str) -> None:
        """Take a time out of the list, as `slot_as_text` writes it."""
        self.slots.data = tuple(slot for slot in self.slots.data if slot_as_text(slot) != text)

    def add_all(self, slots: tuple[When, ...]) -> None:
        """Add times to the list that are known to be possible, as many as there is room for."""
        room = MOST_SLOTS - len(self.slots.data)
        new = [slot for slot in slots if slot.starts_at not in self._starts]
        self.slots.data = without_doubles((*self.slots.data, *new[:room]))

    @property
    def _starts(self) -> set[datetime]:
        return {slot.starts_at for slot in self.slots.data}

    def _empty_time(self) -> None:
        for field in (self.time, self.occurrence):
            field.process(MultiDict())
        self.occurrence.choices = []

    # As text

    def answers(self) -> Answers:
        kept = super().answers()
        return {**kept, "slots": self.slots.as_texts()} if self.offers_slots else kept

    def words_of(self, field: Field) -> Iterator[tuple[str, str]]:
        if field is self.slots:
            yield field.label.text, "\n".join(self._slots_in_words()) or "–"
            return
        yield from super().words_of(field)

    def typed_in(self, field: Field) -> Iterator[tuple[str, str]]:
        if isinstance(field, SlotsField):
            yield field.label.text, "\n".join(self._slots_in_words())
            return
        yield from super().typed_in(field)

    def _slots_in_words(self) -> list[str]:
        return [local_moment(slot.starts_at, slot.timezone).full for slot in self.slots.data]


_OF_A_TIME = ("date", "time", "duration_minutes", "timezone", "occurrence")
