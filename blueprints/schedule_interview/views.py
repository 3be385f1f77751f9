"""What every page of the dialog shows: the current step, the finished ones, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import request, url_for

from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms.base import StepForm
from blueprints.schedule_interview.forms.finalize import FinalizeForm
from blueprints.schedule_interview.pages import BY_KEY
from blueprints.schedule_interview.pages.base import Page
from blueprints.schedule_interview.panels.so_far import so_far
from blueprints.schedule_interview.subjects import subject_of
from models import Draft
from scheduling.drafts import starting

StepState = Literal["done", "wrong", "current", "open", "todo"]

_UNFINISHED = "unfinished"


@dataclass(frozen=True)
class StepView:
    """One entry of the list of steps; `can_go`: it can be opened from here."""

    key: str
    label: str
    state: StepState
    can_go: bool


def context(dialog: Dialog, page: Page[Any], form: StepForm, *, goes_back: bool) -> dict[str, Any]:
    """Everything that the template of one step needs; `goes_back`: its button leads straight to Finalize."""
    return {
        "draft": dialog.draft,
        "candidate": dialog.candidate,
        "job": dialog.job,
        "changed": dialog.changed,
        "is_change": dialog.subject.changes,
        "step": page.key,
        "heading": dialog.subject.heading,
        "step_label": page.label,
        "stepper_label": dialog.subject.stepper,
        "steps": _steps(dialog, page),
        "form": form,
        "so_far": so_far(dialog),
        "goes_back": goes_back,
        "was_there": was_there() and not dialog.subject.exists,
        "has_other_jobs": dialog.draft.application_id is not None and len(dialog.applications) > 1,
        "replaced": _replaced(dialog),
        "is_unfinished": not form.is_submitted() and _was_typed(dialog, page),
        "unfinished": [] if page.asks else _unfinished(dialog),
        "is_saved": dialog.is_saved(page.form_class),
        **_ways_on(dialog, page, goes_back=goes_back),
        "filled_in_as": _filled_in_as(dialog, page, form),
        **page.context(dialog, form),
    }


def _ways_on(dialog: Dialog, page: Page[Any], *, goes_back: bool) -> dict[str, bool]:
    """Which buttons the step has beside Back. `finishes`: its main button leads to Finalize, because someone
    has decided the rest before; on the first way there it leads to the next step. `may_finish`: the other of
    the two is there as well."""
    may_finish = not goes_back and page.asks and dialog.may_finish_from(page.form_class)
    return {"finishes": goes_back or (may_finish and dialog.is_remembered), "may_finish": may_finish}


def way_back(dialog: Dialog, page: Page[Any]) -> str:
    """Where Back leads from this page: to the end for someone who came from there to change one thing."""
    number = dialog.steps.index(page.form_class)
    if came_from_finalize() and dialog.first_incomplete() is None:
        return dialog.address(FinalizeForm.key)
    if number:
        return dialog.address(dialog.steps[number - 1].key)
    if dialog.changed is not None:
        return url_for("interviews.detail", interview_id=dialog.changed.id)
    return url_for("hiring.candidate", candidate_id=dialog.candidate.id)


def came_from_finalize() -> bool:
    """Whether someone is here to change one thing and then go back to the end."""
    return request.values.get("from") == FinalizeForm.key


def was_there() -> bool:
    """Whether the page is to say that the draft was started before, for someone who may have meant a new
    one."""
    return _UNFINISHED in request.args


def with_what_was_there(address: str) -> str:
    """The address of a step, for a page that says it if this one was to say it."""
    return f"{address}?{_UNFINISHED}=1" if was_there() else address


def where_to_go_on(draft: Draft, *, was_there: bool) -> str:
    """The address that opens a draft where it was left; `was_there`: the page says that it was started
    before. Asked for before the commit: right after it, another click may discard the draft."""
    if not was_there and not draft.payload:
        return url_for("schedule_interview.step", draft_id=draft.id, step=subject_of(draft).steps[0].key)
    address = url_for("schedule_interview.resume", draft_id=draft.id)
    return f"{address}?{_UNFINISHED}=1" if was_there else address


def _replaced(dialog: Dialog) -> Draft | None:
    """What this draft replaced, until something is saved in it."""
    return starting.replaced_by(dialog.draft) if dialog.draft.version == 1 else None


def next_step(dialog: Dialog, page: Page[Any]) -> str:
    """The key of the step after this one."""
    return dialog.steps[dialog.steps.index(page.form_class) + 1].key


def _was_typed(dialog: Dialog, page: Page[Any]) -> bool:
    """Whether the page shows something that was typed and not saved."""
    kept = set(dialog.draft.typed.get(page.key, {}))
    return bool(kept if dialog.is_saved(page.form_class) else kept - page.form_class.begins_quietly)


def _filled_in_as(dialog: Dialog, page: Page[Any], form: StepForm) -> str | None:
    """Where a page's values come from if no one has typed them into this draft."""
    if (
        form.is_submitted()
        or dialog.is_saved(page.form_class)
        or not dialog.beginning.answers(page.form_class)
    ):
        return None
    return dialog.beginning.in_words(page.form_class)


def _unfinished(dialog: Dialog) -> list[dict[str, str]]:
    """The steps whose latest words the summary does not have, with where to look at them."""
    return [
        {"label": step.label, "url": dialog.address(step.key, back_to_finalize=True)}
        for step in dialog.unfinished
    ]


def _steps(dialog: Dialog, current: Page[Any]) -> list[StepView]:
    incomplete, keys = dialog.first_incomplete(), [step.key for step in dialog.steps]
    reachable = keys.index(incomplete) if incomplete else len(keys)
    views = []
    for number, step in enumerate(dialog.steps):
        is_current = step is current.form_class
        state: StepState = "todo"
        if is_current:
            state = "current"
        elif dialog.is_wrong(step) or (step in dialog.unfinished and dialog.is_saved(step)):
            state = "wrong"
        elif dialog.is_saved(step):
            state = "done"
        elif number <= reachable:
            state = "open"
        views.append(StepView(step.key, step.label, state, not is_current and number <= reachable))
    return views


def typed(key: str) -> list[tuple[str, str]]:
    """The texts that were just sent to a step, to copy them out of a page that cannot accept them."""
    page = BY_KEY.get(key)
    if request.method != "POST" or page is None:
        return []
    form: StepForm = page.form_class(meta={"csrf": False})
    return form.typed()


def sent_again(dialog: Dialog) -> list[tuple[str, str]]:
    """The hidden fields of a form that sends the same again, on top of what has been saved since."""
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "version")]
    return [*sent, ("version", str(dialog.draft.version))]
