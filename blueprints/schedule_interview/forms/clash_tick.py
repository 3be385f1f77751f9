"""The tick that accepts exactly the clashes that were shown beside it."""

from __future__ import annotations

from collections.abc import Iterator

from wtforms import Field
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput

TICK_NEEDED = "Choose another time, or check “Schedule anyway”."


class ClashTick(Field):
    """One box for all clashes of a page. What it sends are the keys of those that were shown beside it, so
    that a clash that came later is never accepted by an older tick."""

    widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(valuelist)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.data or "").split())

    def iter_choices(self) -> Iterator[SelectChoice]:
        """For those who put answers into words: keys mean nothing to a reader."""
        yield SelectChoice(self.data or "", "Yes" if self.data else "")
