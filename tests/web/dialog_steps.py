"""Walking through Schedule Interview by its forms, without JavaScript."""

import re
from collections.abc import Mapping
from typing import Any

from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of

STEPS = ("setup", "date-time", "attendees", "details", "preview", "finalize")

# What is typed into each step when a test is about something else. The day fits the standing clock.
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
    """Press Schedule Interview on the candidate's page; the draft's address."""
    answer = visitor.submit(visitor.get(f"/candidates/{candidate_id}"), "Schedule Interview", status=303)
    address = path_of(answer.headers["Location"])
    found = re.fullmatch(r"(/schedule/[\w-]{20,})/setup", address)
    assert found is not None, address
    return found.group(1)


def button_of(step: str) -> str:
    return "Schedule Interview" if step == "finalize" else "Continue"


def send(visitor: Visitor, draft: str, step: str, *, status: int = 303, **changes: Any) -> Page:
    """Open a step and send its form with what is usual, changed by `changes`."""
    page = visitor.get(f"{draft}/{step}")
    return visitor.submit(page, button_of(step), status=status, **{**USUAL[step], **changes})


def the_tick(page: Page) -> str:
    """What ticking the box beside the clashes of this page sends."""
    [box] = page.tree.all("input", lambda e: e.get("name") == "accepted_clashes")
    return box["value"]


def walk_to(visitor: Visitor, candidate_id: int, step: str, answers: Answers | None = None) -> str:
    """Fill in every step before `step`; the draft's address."""
    draft = begin(visitor, candidate_id)
    walk_on(visitor, draft, step, answers)
    return draft


def walk_on(visitor: Visitor, draft: str, step: str, answers: Answers | None = None) -> None:
    for number, earlier in enumerate(STEPS[: STEPS.index(step)]):
        answer = send(visitor, draft, earlier, **(answers or {}).get(earlier, {}))
        assert path_of(answer.headers["Location"]) == f"{draft}/{STEPS[number + 1]}"


def schedule_by_hand(visitor: Visitor, candidate_id: int, answers: Answers | None = None) -> int:
    """All six steps; the id of the interview that they made."""
    draft = walk_to(visitor, candidate_id, "finalize", answers)
    answer = send(visitor, draft, "finalize", **(answers or {}).get("finalize", {}))
    found = re.fullmatch(r"/interviews/(\d+)", path_of(answer.headers["Location"]))
    assert found is not None
    return int(found.group(1))


def other_people(*rows: tuple[str, str]) -> dict[str, Any]:
    """What the rows for people from outside send: for each a name and an address. A page never shows more
    than these and some that are empty."""
    padded = [*rows, *[("", "")] * 4]
    return {
        f"other_people-{number}-{column}": text
        for number, row in enumerate(padded)
        for column, text in zip(("name", "email"), row, strict=True)
    }
