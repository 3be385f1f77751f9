"""What every page of the dialog shows: where one is, what is done, and the way back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from flask import request, url_for
from wtforms.widgets import DateInput, NumberInput, TextArea, TextInput, TimeInput

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.steps import ALL, ASKING, BY_KEY
from blueprints.schedule_interview.steps.base import Step, StepForm
from web.forms import clean_text

STEPS = tuple(step.key for step in ALL)
_TYPED = (TextInput, TextArea, DateInput, TimeInput, NumberInput)


StepState = Literal["done", "wrong", "current", "open", "todo"]


@dataclass(frozen=True)
class StepView:
    key: str
    label: str
    url: str | None
    state: StepState


def context(dialog: Dialog, step: Step[Any], form: StepForm, *, goes_back: bool) -> dict[str, Any]:
    """Everything that the template of one step needs; `goes_back`: its button leads straight to Finalize."""
    number = STEPS.index(step.key)
    if goes_back and dialog.first_incomplete() is None:
        back = dialog.address(STEPS[-1])
    elif number:
        back = dialog.address(STEPS[number - 1])
    else:
        back = url_for("hiring.candidate", candidate_id=dialog.candidate.id)
    return {
        "draft": dialog.draft,
        "candidate": dialog.candidate,
        "job": dialog.job,
        "step": step.key,
        "step_label": step.label,
        "steps": _steps(dialog, step),
        "form": form,
        "back_url": back,
        "goes_back": goes_back,
        "may_finish": step in ASKING and dialog.may_finish_from(step),
        "filled_in_as": _filled_in_as(dialog, step, form),
        **step.context(dialog, form),
    }


def came_from_finalize() -> bool:
    """Whether somebody is here to change one thing and to go back to the end."""
    return request.values.get("from") == STEPS[-1]


def next_step(key: str) -> str:
    return STEPS[STEPS.index(key) + 1]


def _filled_in_as(dialog: Dialog, step: Step[Any], form: StepForm) -> str | None:
    """Where the values of a page come from that nobody has typed into this draft."""
    if form.is_submitted() or dialog.is_saved(step) or not dialog.suggested.get(step.key):
        return None
    is_copy = dialog.draft.suggestions is not None
    return (
        "Filled in as in the interview you are repeating."
        if is_copy
        else "Filled in as last time on this job."
    )


def _steps(dialog: Dialog, current: Step[Any]) -> list[StepView]:
    incomplete = dialog.first_incomplete()
    reachable = STEPS.index(incomplete) if incomplete else len(STEPS)
    views = []
    for number, step in enumerate(ALL):
        state: StepState = "todo"
        if step is current:
            state = "current"
        elif dialog.is_wrong(step):
            state = "wrong"
        elif dialog.is_saved(step):
            state = "done"
        elif number <= reachable:
            state = "open"
        url = dialog.address(step.key) if step is not current and number <= reachable else None
        views.append(StepView(step.key, step.label, url, state))
    return views


def typed(key: str) -> list[tuple[str, str]]:
    """The texts that were just sent to a step, for copying them out of a page that cannot take them."""
    step = BY_KEY.get(key)
    if request.method != "POST" or step is None:
        return []
    form = step.form_class(meta={"csrf": False})
    texts = ((field, "\n".join(clean_text(text) or "" for text in field.raw_data or [])) for field in form)
    return [
        (field.label.text, text) for field, text in texts if isinstance(field.widget, _TYPED) and text.strip()
    ]


def sent_again(dialog: Dialog) -> list[tuple[str, str]]:
    """The hidden fields of a form that sends the same once more, on top of what is saved by now."""
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "version")]
    return [*sent, ("version", str(dialog.draft.version))]


def answers_in_words(form: StepForm, names: Collection[str]) -> list[tuple[str, str]]:
    """What a form holds in the fields called `names`, for comparing two versions of it side by side."""
    rows = []
    for name, field in form._fields.items():
        if name not in names:
            continue
        choices = {
            str(value): str(label) for value, label, *_ in getattr(field, "iter_choices", lambda: ())()
        }
        values = field.data if isinstance(field.data, list) else [field.data]
        words = ", ".join(choices.get(str(value), str(value)) for value in values if value not in (None, ""))
        rows.append((field.label.text, words or "–"))
    return rows
