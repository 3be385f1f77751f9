"""Numbers that no row can have, in every address and in every field of every form. PostgreSQL answers one
beyond four bytes with an error, SQLite one beyond eight."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask

from tests.factories import create_candidate
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.pages.checks import CONTROLS
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at
from tests.web.world import World, all_addresses, create_world, enter

pytestmark = pytest.mark.both_databases

# The first two break both databases; the last is more than Python turns into a number.
NUMBERS = (str(10**30), str(2**31), str(2**63), "-1", "9" * 5000)
# Fields that people fill in themselves; every other field contains what the page has put there.
_TYPED = frozenset({"text", "search", "password", "email", "tel", "url", "date", "time", "file"})
# Parameters of addresses to which no page in this world links.
_ALSO_ASKED = frozenset({"job", "mail", "reader", "revision", "page", "status", "event", "version", "at"})


@pytest.fixture
def world(app: Flask) -> World:
    with in_rows(app):
        return create_world()


@pytest.fixture
def owner(app: Flask, world: World) -> Visitor:
    return enter(app, world, "owner")


def pages_of(app: Flask, world: World, owner: Visitor) -> Iterator[Page]:
    """Every page that the owner can open, and every step of the dialog."""
    with in_rows(app):
        nia = create_candidate("Nia Roy", "nia.roy@mail.example", world.team.job_id)
    draft = draft_at(owner, nia.id, "finalize")
    steps = [f"{draft}/{step}" for step in ("date-time", "attendees", "details", "preview", "finalize")]
    addresses = [address for endpoint, address in all_addresses(app, world, "GET") if endpoint != "static"]
    for address in [*addresses, *steps]:
        answer = owner.client.get(address, base_url=owner.base_url)
        with answer:
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield Page(answer, address)


def names_asked(pages: list[Page]) -> list[str]:
    """The query parameters in the links of these pages, and in forms that only read."""
    names = set(_ALSO_ASKED)
    for element in (each for page in pages for each in page.tree.walk()):
        for attribute in ("href", "action", "hx-get", "formaction"):
            names.update(name for name, _ in parse_qsl(urlsplit(element.get(attribute)).query, True))
        form = element.inside("form") if element.tag in CONTROLS else None
        if form is not None and form.get("method", "get") == "get":
            names.add(element.get("name"))
    return sorted(names - {""})


@pytest.mark.slow
def test_impossible_numbers_in_addresses_are_answered(
    app: Flask, world: World, owner: Visitor, counts: Counts
) -> None:
    names = names_asked(list(pages_of(app, world, owner)))
    assert {"reader", "mail", "revision", "job"} <= set(names)
    wrong = []
    for number in NUMBERS[: counts(ordinary=1, full=4)]:
        query = urlencode(dict.fromkeys(names, number))
        for endpoint, address in all_addresses(app, world, "GET"):
            if endpoint == "static":
                continue
            with owner.client.get(f"{address}?{query}", base_url=owner.base_url) as answer:
                if answer.status_code >= 500:
                    wrong.append(f"{address} with {number[:32]}")
    assert wrong == []


def is_number(control: Element) -> bool:
    """Whether the page, and not a person, has put a number or nothing into the field."""
    if control.tag == "textarea" or (control.tag == "input" and control.get("type", "text") in _TYPED):
        return False
    values = [option.get("value", option.text) for option in control.all("option")] or [control.get("value")]
    return any(re.fullmatch(r"\d*", value) for value in values)


def forms_of(pages: list[Page]) -> Iterator[tuple[str, dict[str, list[str]], set[str]]]:
    """The forms that send something: their addresses, what they send unchanged, and which fields are
    numbers."""
    seen = set()
    for page in pages:
        for button in page.tree.all("button", lambda e: e.get("type", "submit") == "submit"):
            form = button.inside("form")
            if form is None or form.get("method") != "post":
                continue
            where = button.get("formaction") or form.get("action") or page.address
            label = button.get("aria-label") or button.text
            controls = [e for e in form.walk() if e.tag in (*CONTROLS, "button") and e.get("name")]
            names = {e["name"] for e in controls if is_number(e)} - {"csrf_token"}
            if names and (where, frozenset(names)) not in seen:
                seen.add((where, frozenset(names)))
                yield where, page.fields(label), names


@pytest.mark.slow
def test_impossible_numbers_in_forms_are_refused(
    app: Flask, world: World, owner: Visitor, counts: Counts
) -> None:
    numbers = NUMBERS[: counts(ordinary=1, full=5)]
    pages = list(pages_of(app, world, owner))
    plan = f"/jobs/{world.team.job_id}/plan/{world.addresses['template_id']}"
    forms = list(forms_of(pages))
    tried, wrong = 0, []
    for where, fields, names in forms:
        # Their buttons are on the page only while there is a file.
        of_files = {"delete_files"} if where == plan else set()
        if where.endswith("/details"):
            of_files = {"remove", "attach", "listed", "team_only"}
        for name in sorted(names | of_files):
            for number in numbers:
                sent = {**fields, name: number, "csrf_token": owner.token()}
                with owner.client.post(where, base_url=owner.base_url, data=sent) as answer:
                    tried += 1
                    if answer.status_code >= 500:
                        wrong.append(f"{where}: {name} = {number[:32]}")
    assert wrong == []
    assert tried > 40


def test_impossible_template_starts_nothing(world: World, owner: Visitor) -> None:
    here = f"/candidates/{world.team.dina.id}"
    for number in NUMBERS:
        owner.post(f"{here}/schedule", {"template": number}, leads_to=here)
        assert "no longer in the plan" in owner.get(here).messages
