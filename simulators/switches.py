"""Switches: named faults that people flip on a page and tests set through JSON."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["count", "seconds", "optional", "flag", "choice", "text", "names", "codes"]


@dataclass(frozen=True)
class Switch:
    """One fault. `kind` says what its value is:

    count: a whole number from 0 · seconds: a whole number, also below 0
    optional: a whole number from 0 or None (off) · flag: bool
    choice: one of `choices` · text: a line of text · names: list of words · codes: word → number.
    """

    name: str
    kind: Kind
    at_rest: Any
    label: str
    words: str
    choices: tuple[str, ...] = ()

    def checked(self, value: Any) -> Any:
        """The value as it is kept. Raises ValueError, with a readable message, if it is not of this switch's
        kind."""
        number = isinstance(value, int) and not isinstance(value, bool)
        whole = number and value >= 0
        fits = {
            "count": whole,
            "seconds": number,
            "optional": whole or value is None,
            "flag": isinstance(value, bool),
            "choice": value in self.choices,
            "text": isinstance(value, str),
            "names": isinstance(value, list) and all(isinstance(item, str) for item in value),
            "codes": isinstance(value, dict)
            and all(isinstance(key, str) and isinstance(code, int) for key, code in value.items()),
        }[self.kind]
        if not fits:
            expected = (
                f"one of {list(self.choices)}" if self.kind == "choice" else f"a value of kind {self.kind}"
            )
            raise ValueError(f"{self.name}: {value!r} is not {expected}")
        return value

    def from_form(self, text: str) -> Any:
        """The value typed into the page. Raises ValueError for text that is not of this kind."""
        text = text.strip()
        match self.kind:
            case "count" | "seconds":
                return self.checked(int(text or "0"))
            case "optional":
                return self.checked(int(text)) if text else None
            case "flag":
                return text == "on"
            case "names":
                return text.replace(",", " ").split()
            case "codes":
                pairs = (line.split() for line in text.splitlines() if line.strip())
                return {word: int(code) for word, code in pairs}
            case "choice" | "text":
                return self.checked(text)

    def as_text(self, value: Any) -> str:
        """The value as it appears in the page's field."""
        match self.kind:
            case "names":
                return "\n".join(value)
            case "codes":
                return "\n".join(f"{word} {code}" for word, code in value.items())
            case _:
                return "" if value is None else str(value)


class SwitchBoard:
    """The current state of all switches of one simulator; safe to use from any thread."""

    def __init__(self, switches: Sequence[Switch]) -> None:
        self.switches = {switch.name: switch for switch in switches}
        self._lock = threading.Lock()
        self._values = {switch.name: switch.at_rest for switch in switches}

    def __getitem__(self, name: str) -> Any:
        with self._lock:
            return self._values[name]

    def all(self) -> dict[str, Any]:
        with self._lock:
            return dict(self._values)

    def merge(self, changes: Mapping[str, Any]) -> None:
        """Set all of `changes`, or raise ValueError and set none of them."""
        unknown = sorted(set(changes) - set(self.switches))
        if unknown:
            raise ValueError(f"unknown switches: {', '.join(unknown)}")
        checked = {name: self.switches[name].checked(value) for name, value in changes.items()}
        with self._lock:
            self._values.update(checked)

    def reset(self, name: str | None = None) -> None:
        """Reset one switch, or all of them."""
        with self._lock:
            for switch in self.switches.values():
                if name in (None, switch.name):
                    self._values[switch.name] = switch.at_rest

    def take(self, name: str) -> bool:
        """Use up one count of a counting switch; True if there was one left."""
        with self._lock:
            left: int = self._values[name]
            self._values[name] = max(0, left - 1)
            return left > 0

    def take_answer(self, name: str, counter: str) -> str:
        """Return the chosen fault of `name`, and use up one of `counter`; after the last one the choice is
        reset.

        With a counter of 0 the fault stays until someone resets it.
        """
        with self._lock:
            chosen: str = self._values[name]
            if chosen and self._values[counter]:
                self._values[counter] -= 1
                if self._values[counter] == 0:
                    self._values[name] = self.switches[name].at_rest
            return chosen
