"""The questions when an app is disconnected."""

from __future__ import annotations

from wtforms import RadioField

from blueprints.connected_apps.cards import Coming
from web.forms import Form

KEEP, REMOVE = "keep", "remove"


class LeavingForm(Form):
    """What happens to the interviews in a calendar. Asked only if some could be removed; a form without an
    answer keeps them."""

    entries = RadioField("")

    @classmethod
    def about(cls, coming: Coming) -> LeavingForm:
        """The form with its question about these interviews, with what was answered if it was sent."""
        form = cls()
        count = len(coming.entries)
        them = "it" if count == 1 else "them"
        are_in = "One upcoming interview is" if count == 1 else f"{count} upcoming interviews are"
        form.entries.label.text = f"{are_in} in this calendar"
        form.entries.choices = [(KEEP, f"Keep {them}"), (REMOVE, f"Remove {them}")]
        if form.entries.data is None:
            form.entries.data = KEEP
        return form
