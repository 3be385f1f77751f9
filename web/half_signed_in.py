"""What a browser keeps between the two steps of signing in: whose password was right, and where to go next.

It is part of the browser's signed session, which ends when the second step begins a new one.
"""

from __future__ import annotations

from flask import session

from accounts.second_step import FirstStep
from models import User
from services import services

_KEY = "first-step"


def begin(user: User, next_address: str | None) -> None:
    """Remember that this browser knows the person's password, and where they wanted to go."""
    step = services().second_step.first_steps.taken_by(user)
    session[_KEY] = [step.user_id, step.at, step.proof, next_address or ""]


def step() -> FirstStep | None:
    """The first step that this browser has taken, if any. How much it is still worth is up to
    `accounts.second_step`."""
    kept = session.get(_KEY)
    return FirstStep(*kept[:3]) if kept else None


def next_address() -> str:
    """Where the person wanted to go, or ""."""
    kept = session.get(_KEY)
    return str(kept[3]) if kept else ""


def end() -> None:
    """Forget the first step."""
    session.pop(_KEY, None)
