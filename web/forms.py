"""The base of every form: text arrives stripped and without invisible characters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import Choice
from wtforms.form import BaseForm
from wtforms.widgets import CheckboxInput, Input, ListWidget, Select, TextArea

from text import many_lines, one_line, without_unseen
from web.browser_tokens import form_token


def clean_text(text: str | None) -> str | None:
    """Without invisible characters and without space around it; line ends are `\\n`."""
    return None if text is None else many_lines(text).strip()


def clean_line(text: str | None) -> str | None:
    """The same on one line, with composed letters, so that two names that look the same are equal."""
    return None if text is None else unicodedata.normalize("NFC", one_line(text))


# The form library's own messages, in words that say what to do.
_WORDS = {
    "Not a valid choice.": "Choose one of these.",
    "Invalid Choice: could not coerce.": "Choose one of these.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose among these.",
    "Not a valid integer value.": "Enter a whole number.",
    "Not a valid date value.": "Enter a date, such as 2027-03-31.",
    "Not a valid time value.": "Enter a time, such as 14:30.",
    "This field is required.": "Fill this in.",
}


def _attributes(**attributes: Any) -> Markup:
    """The attributes of an element, as the form library's own function writes them: true ones by their names
    alone, false ones not at all. Joined in one step, because piece by piece it took a quarter of the time of
    the sign-in page."""
    written = []
    if isinstance(attributes.get("value"), str):
        # A date that was refused is shown as it was sent, and no page may hold what no one can see.
        attributes["value"] = without_unseen(attributes["value"])
    for name, value in sorted(attributes.items()):
        name = name.rstrip("_")
        if name.startswith(("data_", "aria_")):
            name = name.replace("_", "-")
        if value is True:
            written.append(name)
        elif value is not False:
            # Markup may hold quotation marks that were fine where it came from.
            written.append(f'{name}="{str(escape(value)).replace(chr(34), "&quot;")}"')
    return Markup(" ".join(written))


# All widgets of these kinds write their attributes with it.
Input.html_params = TextArea.html_params = staticmethod(_attributes)


class _OwnWords:
    """Used where the form library expects its translations."""

    def gettext(self, words: str) -> str:
        return _WORDS.get(words, words)

    def ngettext(self, one: str, many: str, number: int) -> str:
        if one.startswith("'%(value)s' is not a valid choice"):
            return "Choose among these."
        return one if number == 1 else many


class Form(FlaskForm):
    """A form whose text fields are cleaned before they are checked."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: FlaskForm) -> _OwnWords:
            return _OwnWords()

        def build_csrf(self, form: BaseForm) -> Any:
            # Made before the form looks for one.
            form_token()
            return super().build_csrf(form)

        def bind_field(self, form: FlaskForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            own = list(unbound_field.kwargs.get("filters", ()))
            if issubclass(kind, TextAreaField):
                options = {**options, "filters": [clean_text, *own]}
            elif issubclass(kind, StringField) and not kind.__name__.startswith("Password"):
                options = {**options, "filters": [clean_line, *own]}
            elif type(kind.widget) is Select:
                options = {**options, "widget": LongSelect()}
            return unbound_field.bind(form=form, **options)

    def refuse(self, field: str, words: str) -> None:
        """Put a message from the domain beside the field it belongs to."""
        target = self._fields.get(field) or next(iter(self._fields.values()))
        target.errors = [*target.errors, words]


class LongSelect(Select):
    """A list of options that are the same on every page, perhaps many: each is rendered only once."""

    @classmethod
    def render_option(cls, choice: Choice, **_more: object) -> Markup:
        return _option(choice.value, choice.label, choice.selected)


@lru_cache(4096, typed=True)
def _option(value: str, label: str, selected: bool) -> Markup:
    mark = Markup(" selected") if selected else ""
    # An option without a value uses its text as the value, and HTML allows its end tag to be left out. With
    # both, a long list would be half of a page.
    said = Markup(' value="{}"').format(value) if value != label else ""
    return Markup("<option{}{}>{}").format(mark, said, label)


class CheckboxesField(SelectMultipleField):
    """Several of a few choices, each with a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
