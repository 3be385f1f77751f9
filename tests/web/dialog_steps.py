"""Schedule Interview with its forms, without JavaScript: walking through it, or beginning in the middle."""

import re
from collections.abc import Mapping
from typing import Any

from accounts.permissions import Action
from accounts.row_permissions import application_is_within
from extensions import db
from models import Application, User
from scheduling.drafts import starting
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of

STEPS = ("setup", "date-time", "attendees", "details", "preview", "finalize")

# What is typed into each step when a test is about something else. The day fits the stopped clock.
USUAL: dict[str, dict[str, Any]] = {
    "setup": {"agenda": "Introduction, experience, questions"},
    "date-time": {"date": "2027-02-10", "time": "09:00", "timezone": "Europe/Zurich"},
    "attendees": {},
    "details": {},
    "preview": {},
    "finalize": {},
}

Answers = Mapping[str, Mapping[str, Any]]


def begin(visitor: Visitor, candidate_id: int) -> str:
    """Press Schedule Interview on the candidate's page, and return the draft's address."""
    answer = visitor.submit(visitor.get(f"/candidates/{candidate_id}"), "Schedule Interview", status=303)
    return draft_in(path_of(answer.headers["Location"]))


def draft_in(address: str) -> str:
    """The draft's address, from the address of one of its pages."""
    found = re.match(r"(/schedule/[\w-]{20,})([/?]|$)", address)
    assert found is not None, address
    return found.group(1)


def button_of(step: str) -> str:
    return "Schedule Interview" if step == "finalize" else "Continue"


def send(visitor: Visitor, draft: str, step: str, *, status: int = 303, **changes: Any) -> Page:
    """Open a step and send its form with the usual answers, changed by `changes`."""
    page = visitor.get(f"{draft}/{step}")
    return visitor.submit(page, button_of(step), status=status, **{**USUAL[step], **changes})


def the_tick(page: Page) -> str:
    """What checking the box beside the clashes on this page sends."""
    [box] = page.tree.all("input", lambda e: e.get("name") == "accepted_clashes")
    return box["value"]


def draft_at(visitor: Visitor, candidate_id: int, step: str, answers: Answers | None = None) -> str:
    """Make a draft with every step before `step` filled in, written as the dialog writes it, and return its
    address.

    For tests that begin in the middle. Nothing is checked here: what the steps would say to these answers is
    for tests that walk through them. The visitor may schedule for only one of the candidate's jobs.
    """
    with in_rows(visitor.app):
        owner = db.session.get_one(User, visitor.user_id)
        [application] = db.session.scalars(
            db.select(Application).where(
                Application.candidate_id == candidate_id,
                application_is_within(owner, Action.SCHEDULE),
            )
        )
        earlier = STEPS[: STEPS.index(step)]
        payload = {name: _saved(name, application, (answers or {}).get(name, {})) for name in earlier}
        draft = starting.start(owner, candidate_id, payload, application_id=application.id)
        db.session.commit()
        return f"/schedule/{draft.id}"


def _saved(step: str, application: Application, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the dialog keeps from a step: the fields that it showed, each as a list of what was sent."""
    typed = {**USUAL[step], **answers}
    if step == "setup":
        shown = {"job": str(application.id), "interview_type": "video", "method": "direct", **typed}
        if shown["interview_type"] == "video":
            shown = {"meeting_software": "zoom", **shown}
            if shown["meeting_software"] != "other":
                shown = {"password": "", **shown}
    elif step == "date-time":
        shown = {"duration_minutes": "45", "occurrence": [], "accepted_clashes": [], **typed}
    elif step == "attendees":
        manager = str(application.job.hiring_manager_id)
        shown = {
            "hiring_manager": manager,
            "accepted_clashes": [],
            "people": [],
            **_without_blank_rows(typed),
        }
    elif step == "details":
        title = f"{application.job.title} Interview"
        shown = {"title": title, "message_to_candidate": "", "internal_notes": "", **typed}
    else:
        shown = typed
    return {name: value if isinstance(value, list) else [str(value)] for name, value in shown.items()}


def _without_blank_rows(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without blank rows for other people, which the dialog does not keep."""
    filled = {name.rpartition("-")[0] for name, value in typed.items() if value}
    return {
        name: value
        for name, value in typed.items()
        if not name.startswith("other_people-") or name.rpartition("-")[0] in filled
    }


def walk_to(visitor: Visitor, candidate_id: int, step: str, answers: Answers | None = None) -> str:
    """Fill in every step before `step`, and return the draft's address."""
    draft = begin(visitor, candidate_id)
    walk_on(visitor, draft, step, answers)
    return draft


def walk_on(visitor: Visitor, draft: str, step: str, answers: Answers | None = None) -> None:
    for number, earlier in enumerate(STEPS[: STEPS.index(step)]):
        answer = send(visitor, draft, earlier, **(answers or {}).get(earlier, {}))
        assert path_of(answer.headers["Location"]) == f"{draft}/{STEPS[number + 1]}"


def schedule_by_hand(visitor: Visitor, candidate_id: int, answers: Answers | None = None) -> int:
    """Go through all six steps, and return the id of the new interview."""
    return _send_off(visitor, walk_to(visitor, candidate_id, "finalize", answers), answers)


def schedule_at_once(visitor: Visitor, candidate_id: int, answers: Answers | None = None) -> int:
    """Send the last step of a draft whose other steps were filled in as `draft_at` does, and return the
    interview's id."""
    return _send_off(visitor, draft_at(visitor, candidate_id, "finalize", answers), answers)


def _send_off(visitor: Visitor, draft: str, answers: Answers | None) -> int:
    answer = send(visitor, draft, "finalize", **(answers or {}).get("finalize", {}))
    found = re.fullmatch(r"/interviews/(\d+)", path_of(answer.headers["Location"]))
    assert found is not None
    return int(found.group(1))


def other_people(*rows: tuple[str, str]) -> dict[str, Any]:
    """What the rows for people from outside send: a name and an address for each. A page never shows more
    than these and some empty ones."""
    padded = [*rows, *[("", "")] * 4]
    return {
        f"other_people-{number}-{column}": text
        for number, row in enumerate(padded)
        for column, text in zip(("name", "email"), row, strict=True)
    }
