"""An email address that belongs to another candidate: who that is, for those who may see them."""

from collections.abc import Callable

import pytest

from models import Role
from tests.factories import Member, Team, create_candidate, create_job, create_user
from tests.hiring.conftest import Rows
from tests.hiring.test_candidates import DETAILS, address_of
from tests.pages.visitor import Visitor

KNOWN = "There is already a candidate with this email address."


@pytest.mark.parametrize("path", ["new", "edit"])
def test_page_leads_to_the_candidate_who_has_the_address(
    rows: Rows, team: Team, ada: Visitor, path: str
) -> None:
    with rows():
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    form = "/candidates/new" if path == "new" else address_of(team.dina, "/edit")
    typed = {**DETAILS, "email": "OMAR@mail.example", "job": str(team.job_id)}
    page = ada.post(form, typed, status=422)
    assert KNOWN in page.words
    [link] = page.tree.all("a", lambda e: e.text.startswith("Open Omar Haddad"))
    assert link.get("href") == address_of(omar)


def test_name_is_not_told_to_those_who_may_not_see_the_candidate(
    rows: Rows, team: Team, ben: Visitor, browser: Callable[[Member], Visitor]
) -> None:
    with rows():
        eva = create_user("Eva Lang", Role.HIRING_MANAGER)
        create_candidate("Omar Haddad", "omar@mail.example", create_job("Designer", eva))
    typed = {**DETAILS, "email": "omar@mail.example", "job": str(team.job_id)}
    page = ben.post("/candidates/new", typed, status=422)
    assert KNOWN in page.words
    assert "Omar" not in page.html.replace("omar@mail.example", "")
