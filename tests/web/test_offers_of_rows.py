"""Lists offer for each interview only what the reader may do with it, row by row."""

import pytest
from flask import Flask

from scheduling.plans import Participant
from tests.factories import Team, create_candidate, in_three_days, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor


@pytest.mark.parametrize("path", ["/", "/interviews", "/interviews?view=cards", "month", "agenda"])
def test_only_interviews_that_may_be_changed_offer_it(
    web: Flask, team: Team, ada: Visitor, path: str
) -> None:
    """Ben manages one job, and takes part in an interview on another."""
    with in_rows(web):
        ben = Participant(team.ben.name, team.ben.email, team.ben.id)
        noor = create_candidate("Noor Example", "noor@mail.example", team.other_job_id)
        starts_at = in_three_days()
        own = schedule(team.ada, team.dina, software=None, starts_at=starts_at)
        others = schedule(
            team.ada, noor, software=None, starts_at=starts_at, attendees=(ben,), hiring_manager=team.cleo
        )
    address = path if "/" in path else f"/calendar/{path}/{starts_at:%Y-%m-%d}?whose=everyone"

    def offered(reader: Visitor) -> set[str]:
        links = reader.get(address).tree.all("a", lambda e: e.get("href", "").endswith("/reschedule"))
        return {link["href"] for link in links}

    both = {f"/interviews/{own}/reschedule", f"/interviews/{others}/reschedule"}
    assert offered(ada) == both
    assert offered(Visitor(web).enter(team.ben)) == {f"/interviews/{own}/reschedule"}
    assert offered(Visitor(web).enter(team.cleo)) == {f"/interviews/{others}/reschedule"}
