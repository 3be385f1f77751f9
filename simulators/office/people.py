"""What accounts at both have in common."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """`trait` says what is special about it."""

    name: str
    email: str
    timezone: str
    trait: str = ""

    @property
    def domain(self) -> str:
        return self.email.partition("@")[2]

    @property
    def initials(self) -> str:
        words = self.name.split()
        return f"{words[0][0]}{words[-1][0]}"
