"""The checkbox that accepts exactly the clashes that were shown beside it."""

from __future__ import annotations

from collections.abc import Iterator

from wtforms import Field
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput

OFFER_ANYWAY = "Offer these times anyway"
OFFER_TICK_NEEDED = f"Remove the times at which someone is busy, or check “{OFFER_ANYWAY}”."
TICK_NEEDED = "Choose another time, or check “Schedule anyway”."


class ClashTick(Field):
    """One checkbox for all clashes of a page. It sends the keys of those that were shown beside it, so that
    an older tick never accepts a newer clash.
    """

    widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(valuelist)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.data or "").split())

    def iter_choices(self) -> Iterator[SelectChoice]:
        """For code that puts answers into words: keys mean nothing to a reader."""
        yield SelectChoice(self.data or "", "Yes" if self.data else "")
