"""What a candidate can fill in on their own page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import DateField, HiddenField, RadioField, TextAreaField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from blueprints.schedule_interview.forms.when import WhenFields
from scheduling.commands.candidate import LONGEST_WORDS, MOST_TIMES
from web.forms import Form
from web.zone_fields import ZoneField

_TOO_LONG = f"Keep it under {LONGEST_WORDS:,} characters."


class SuitingTime(WhenFields, Form):
    """One time that would work; empty if they named fewer. A part of another form, so without its token."""

    class Meta(Form.Meta):
        csrf = False

    date = DateField("Date", validators=[Optional()])
    time = TimeField("Time", validators=[Optional()])
    # The zone of the whole page, and no length: that stays as it is.
    timezone = HiddenField()
    duration_minutes = None  # type: ignore[assignment]  # the library leaves out what a class sets to None

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.date.data is not None and self.time.data is None:
            self.time.errors = ["Choose a time."]
        elif self.time.data is not None and self.date.data is None:
            self.date.errors = ["Choose a date."]
        return not self.errors


class ChooseForm(Form):
    """One of the times that the page shows, by its number. The command decides which of them exist: they can
    be gone when the answer arrives."""

    slot = RadioField(
        "Time",
        coerce=int,
        choices=(),
        validate_choice=False,
        validators=[InputRequired("Choose one of these times.")],
    )


class OtherTimesForm(Form):
    """The request for another time. `rows` are the times that would work."""

    words = TextAreaField(
        "Message", validators=[Length(max=LONGEST_WORDS, message=_TOO_LONG)], render_kw={"rows": 3}
    )

    def __init__(self, zone: str) -> None:
        """`zone` (an IANA name) is whose clock the times are typed by."""
        super().__init__()
        self.rows = [SuitingTime(prefix=f"time-{number}") for number in range(1, MOST_TIMES + 1)]
        for row in self.rows:
            row.timezone.data = zone
            row.keep_asking()

    def validate(self, extra_validators: Any = None) -> bool:
        if not all([super().validate(extra_validators), *(row.validate() for row in self.rows)]):
            return False
        if not self.suits and not self.words.data:
            self.rows[0].date.errors = ["Name a time that would work for you, or write a message."]
            return False
        return True

    @property
    def suits(self) -> list[datetime]:
        """The times of a valid form (aware UTC)."""
        return [row.starts_at for row in self.rows if row.starts_at is not None]


class CallOffForm(Form):
    words = TextAreaField(
        "Why?", validators=[Length(max=LONGEST_WORDS, message=_TOO_LONG)], render_kw={"rows": 3}
    )


# The choices, and how many minutes each one means.
_LATE = {"5": "5 minutes", "10": "10 minutes", "15": "15 minutes", "30": "30 minutes", "": "I don't know yet"}
CANNOT_JOIN = "cannot-join"


class LateForm(Form):
    what = RadioField(
        "How late will you be?",
        choices=[
            *(SelectChoice(minutes or "unknown", label) for minutes, label in _LATE.items()),
            SelectChoice(CANNOT_JOIN, "I'm here, but I can't get in"),
        ],
        validators=[InputRequired("Choose one of these.")],
    )
    words = TextAreaField(
        "Message", validators=[Length(max=LONGEST_WORDS, message=_TOO_LONG)], render_kw={"rows": 2}
    )

    @property
    def minutes(self) -> int | None:
        """How late they will be; None if they don't know."""
        return int(self.what.data) if self.what.data.isdecimal() else None


class ZoneForm(Form):
    """The zone in which the page shows the times."""

    zone = ZoneField("Time zone")
