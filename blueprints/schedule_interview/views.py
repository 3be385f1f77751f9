"""What the pages of the dialog show beside their form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import url_for

from accounts.team import owner
from blueprints.schedule_interview import preview
from blueprints.schedule_interview.dialog import Dialog
from blueprints.schedule_interview.forms import DateTimeStep, StepForm
from models import FailureReason
from scheduling.drafts import STEPS
from scheduling.hosting_version import hosting_version
from scheduling.hosts import first_usable
from timezones import local_moment
from web.signed_in import may_connect

LABELS = {
    "setup": "Setup",
    "date-time": "Date & Time",
    "attendees": "Attendees",
    "details": "Details",
    "preview": "Preview",
    "finalize": "Finalize",
}


@dataclass(frozen=True)
class StepView:
    key: str
    label: str
    url: str | None
    state: Literal["done", "current", "open", "todo"]


@dataclass(frozen=True)
class Hosting:
    """Whose account will host, in words. `ask_name`: whom to ask, when nobody's can and the reader may not
    connect one."""

    words: str
    is_connected: bool
    email: str | None
    ask_name: str | None = None


def context(dialog: Dialog, step: str, form: StepForm) -> dict[str, Any]:
    """Everything that the template of one step needs."""
    number = STEPS.index(step)
    common = {
        "draft": dialog.draft,
        "candidate": dialog.candidate,
        "job": dialog.job,
        "step": step,
        "steps": _steps(dialog, step),
        "form": form,
        "back_url": (
            _url(dialog, STEPS[number - 1])
            if number
            else url_for("hiring.candidate", candidate_id=dialog.candidate.id)
        ),
    }
    match step:
        case "setup":
            return {**common, **hosting_context(dialog)}
        case "date-time":
            assert isinstance(form, DateTimeStep)
            return {**common, "clashes": _clashes(dialog, form)}
        case "preview":
            return {
                **common,
                "letters": preview.shown(dialog),
                "reminders": preview.reminders(dialog),
                "will_not_happen": preview.will_not_happen(dialog),
                "hosting": hosting(dialog),
            }
        case "finalize":
            return {**common, "summary": _summary(dialog), "will_not_happen": preview.will_not_happen(dialog)}
    return common


def _url(dialog: Dialog, step: str) -> str:
    return url_for("schedule_interview.step", draft_id=dialog.draft.id, step=step)


def _steps(dialog: Dialog, current: str) -> list[StepView]:
    incomplete = dialog.first_incomplete()
    reachable = STEPS.index(incomplete) if incomplete else len(STEPS)
    views = []
    for number, key in enumerate(STEPS):
        state: Literal["done", "current", "open", "todo"] = "todo"
        if key == current:
            state = "current"
        elif key in dialog.draft.payload and number < reachable:
            state = "done"
        elif number <= reachable:
            state = "open"
        url = _url(dialog, key) if state in ("done", "open") else None
        views.append(StepView(key, LABELS[key], url, state))
    return views


def hosting_context(dialog: Dialog) -> dict[str, Any]:
    """What the part that says who hosts needs, in the page and when it is asked for alone. The version comes
    first: whatever changes after it is noticed by the next poll."""
    version = hosting_version()
    return {"draft": dialog.draft, "hosting_version": version, "hosting": hosting(dialog)}


def hosting(dialog: Dialog) -> Hosting:
    """Whose account hosts, and why, or what happens when nobody's can."""
    hosts = dialog.hosts()
    host = first_usable(hosts)
    if host is not None and host.connection is not None:
        is_own = host.user.id == dialog.actor.id
        whose = "Your" if is_own else f"{host.user.name}'s"
        because = "you are" if is_own else "they are"
        return Hosting(
            f"{whose} Zoom account hosts, because {because} {host.because}.",
            True,
            host.connection.account_email,
        )
    ended = any(host.unusable is FailureReason.RECONNECT_NEEDED for host in hosts)
    problem = "The Zoom connection has ended" if ended else "Zoom is not connected"
    return Hosting(
        f"{problem}: the interview will be saved and everybody invited, without a link for now.",
        False,
        None,
        ask_name=None if may_connect(dialog.actor) else owner().name,
    )


def _clashes(dialog: Dialog, form: DateTimeStep) -> list[str]:
    zone = dialog.actor.timezone
    # A form that comes from the draft and not from the browser knows its instant only in its checked copy.
    checked = dialog.checked("date-time")
    if form.starts_at is None and isinstance(checked, DateTimeStep):
        form = checked
    return [
        f"{clash.name} has another interview from {local_moment(clash.starts_at, zone).short} "
        f"to {local_moment(clash.ends_at, zone).time}."
        for clash in dialog.clashes(form)
    ]


def _summary(dialog: Dialog) -> list[tuple[str, str, str]]:
    command = dialog.command(dialog.draft.version)
    when = local_moment(command.starts_at, command.timezone)
    manager = dialog.hiring_manager
    with_whom = [manager.name if manager else "", *(person.name for person in command.attendees)]
    return [
        ("Job", dialog.job.title if dialog.job else "", _url(dialog, "setup")),
        ("Interview type", "Video, by Zoom", _url(dialog, "setup")),
        ("Host", hosting(dialog).words, _url(dialog, "setup")),
        ("When", f"{when.full}, {command.duration_minutes} minutes", _url(dialog, "date-time")),
        ("Candidate", f"{dialog.candidate.name} <{dialog.candidate.email}>", _url(dialog, "attendees")),
        ("With", ", ".join(name for name in with_whom if name), _url(dialog, "attendees")),
        ("Title", command.title, _url(dialog, "details")),
    ]


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
