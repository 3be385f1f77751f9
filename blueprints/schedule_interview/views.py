"""What every page of the dialog shows: where one is, what is done, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import url_for

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.steps import ALL
from blueprints.schedule_interview.steps.base import Step, StepForm
from scheduling.drafts import STEPS


@dataclass(frozen=True)
class StepView:
    key: str
    label: str
    url: str | None
    state: Literal["done", "current", "open", "todo"]


def context(dialog: Dialog, step: Step[Any], form: StepForm) -> dict[str, Any]:
    """Everything that the template of one step needs."""
    number = STEPS.index(step.key)
    back = (
        dialog.address(STEPS[number - 1])
        if number
        else url_for("hiring.candidate", candidate_id=dialog.candidate.id)
    )
    return {
        "draft": dialog.draft,
        "candidate": dialog.candidate,
        "job": dialog.job,
        "step": step.key,
        "steps": _steps(dialog, step.key),
        "form": form,
        "back_url": back,
        **step.context(dialog, form),
    }


def _steps(dialog: Dialog, current: str) -> list[StepView]:
    incomplete = dialog.first_incomplete()
    reachable = STEPS.index(incomplete) if incomplete else len(STEPS)
    views = []
    for number, step in enumerate(ALL):
        state: Literal["done", "current", "open", "todo"] = "todo"
        if step.key == current:
            state = "current"
        elif step.key in dialog.draft.payload and number < reachable:
            state = "done"
        elif number <= reachable:
            state = "open"
        url = dialog.address(step.key) if state in ("done", "open") else None
        views.append(StepView(step.key, step.label, url, state))
    return views


def answers_in_words(form: StepForm) -> list[tuple[str, str]]:
    """What a form holds, for comparing two versions of it side by side."""
    rows = []
    for name, field in form._fields.items():
        if name in ("csrf_token", "version"):
            continue
        choices = {
            str(value): str(label) for value, label, *_ in getattr(field, "iter_choices", lambda: ())()
        }
        values = field.data if isinstance(field.data, list) else [field.data]
        words = ", ".join(choices.get(str(value), str(value)) for value in values if value not in (None, ""))
        rows.append((field.label.text, words or "–"))
    return rows
