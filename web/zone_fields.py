"""The field for a time zone: typed, not picked, because the list of them all is longer than most pages."""

from __future__ import annotations

from typing import Any

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from text import one_line
from timezones import is_zone, place_name, places_of, present_zone_name, zone_as_written, zones_meant
from web.signed_in import visitor

_PRESSED = 5


class ZoneInput(TextInput):
    """Text that the page's script completes and suggests zones for, from a file that all pages share."""

    def __call__(self, field: Field, **attributes: object) -> str:
        """With the zone as people read it: `America/New York`."""
        said = field._value().replace("_", " ")
        own = {"value": said, "data-zone": True, "autocomplete": "off", "spellcheck": "false"}
        return super().__call__(field, **own, **attributes)


class ZoneField(Field):
    """A time zone by its present IANA name, no matter how it was written: `Europe/Kiev`, `new york`.

    `empty` is what an empty field says, where it may be left empty. A text that names no zone stays as it was
    typed, and is refused. If it may mean several, the message names them, and `likely` has them to be
    pressed: pairs of what to fill in and how to call it.
    """

    widget = ZoneInput()

    def __init__(self, label: str, *, empty: str | None = None, **options: Any) -> None:
        super().__init__(label, render_kw={"placeholder": empty} if empty is not None else None, **options)
        self.may_be_empty = empty is not None
        self.likely: list[tuple[str, str]] = []

    def process_data(self, value: Any) -> None:
        super().process_data(present_zone_name(value) if value else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            typed = one_line(valuelist[0])
            self.data = zone_as_written(typed) or typed
            # What is kept and compared is the zone, however it was written.
            self.raw_data = [self.data]

    def pre_validate(self, form: BaseForm) -> None:
        typed = self.data or ""
        if is_zone(typed) or (self.may_be_empty and not typed):
            return
        if meant := zones_meant(typed, _zones_around()):
            self.likely = [(name.replace("_", " "), place_name(name)) for name in meant[:_PRESSED]]
            raise ValidationError(f"“{typed[:60]}” could be {places_of(meant)} time. Enter a city.")
        raise ValidationError("Enter a time zone, such as Europe/Berlin, or a large city in it.")

    def _value(self) -> str:
        return self.data or ""


def _zones_around() -> tuple[str, ...]:
    """The zones of the person at the form: the organization's, and their own. None on public pages."""
    person = visitor()
    if person is None:
        return ()
    own = (
        [person.timezone] if person.organization is None else [person.organization.timezone, person.timezone]
    )
    return tuple(dict.fromkeys(own))
