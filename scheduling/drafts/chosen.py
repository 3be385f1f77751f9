"""Where a draft's answers say which application it is for. The rest of the answers, by step and field, are
the dialog's business. This part has to be known here too, because a person has one draft for an application,
and a template's answers are for one job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from database import read_row_id

_STEP, _FIELD = "setup", "job"


def is_chosen_on(step: str) -> bool:
    """Whether this is the step that asks for the application."""
    return step == _STEP


def chosen_application_id(answers: Mapping[str, Any]) -> int:
    """The application that was chosen; 0, which no application has, if there is none yet or the value is not
    a number."""
    text = (answers.get(_STEP, {}).get(_FIELD) or ["0"])[0]
    return read_row_id(text) or 0


def without_choice(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without the application."""
    left = {name: values for name, values in answers.get(_STEP, {}).items() if name != _FIELD}
    others = {step: values for step, values in answers.items() if step != _STEP}
    return {**others, _STEP: left} if left else others
