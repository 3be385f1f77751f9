"""What every step of the dialog is: a form, and what has to be known beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from wtforms import HiddenField

from web.forms import Form

if TYPE_CHECKING:
    from blueprints.schedule_interview.dialog import Dialog


class StepForm(Form):
    """A step's form; `version` says which state of the draft it was opened on."""

    version = HiddenField()


F = TypeVar("F", bound=StepForm)


class Step(Generic[F]):
    """One page of the dialog. The form checks what was typed, the step what needs the rest of the draft."""

    key: ClassVar[str]
    label: ClassVar[str]
    form_class: type[F]

    @property
    def template(self) -> str:
        return f"schedule_interview/{self.key.replace('-', '_')}.html"

    def prepare(self, dialog: Dialog, form: F) -> None:
        """Give the form its choices, and take away the fields that this draft does not need."""

    def suggest(self, dialog: Dialog, form: F) -> None:
        """Fill in what most people would, where nothing was saved yet."""

    def show_saved(self, dialog: Dialog, form: F) -> None:
        """Make a form that was filled from the draft look as it did when it was sent."""

    def check(self, dialog: Dialog, form: F) -> bool:
        """Whether what was just sent may be saved; what may not is said beside its field."""
        return bool(form.validate())

    def stays(self, form: F) -> bool:
        """Whether the button that was pressed leads back to this page instead of on."""
        return False

    def answers(self, dialog: Dialog, form: F) -> dict[str, list[str]]:
        """What the form holds, as text, for keeping in the draft."""
        return {
            name: [str(value) for value in field.raw_data or []]
            for name, field in form._fields.items()
            if name not in ("csrf_token", "version")
        }

    def context(self, dialog: Dialog, form: F) -> dict[str, Any]:
        """What the page shows beside its form."""
        return {}
