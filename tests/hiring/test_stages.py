"""Moving candidates from stage to stage by hand, and what pages say about it."""

import pytest

from extensions import db
from models import Application, Stage
from tests.factories import Team, create_candidate, schedule
from tests.hiring.conftest import Rows
from tests.hiring.test_candidates import address_of, application_address
from tests.pages.visitor import Visitor


@pytest.mark.parametrize("where", ["candidate", "job"])
def test_stage_is_set_by_a_list_and_a_button_and_can_be_put_back(
    rows: Rows, team: Team, ada: Visitor, where: str
) -> None:
    here = address_of(team.dina) if where == "candidate" else f"/jobs/{team.job_id}"
    button = "Set stage for Backend Engineer" if where == "candidate" else "Set stage of Dina Kaur"
    page = ada.follow(ada.submit(ada.get(here), button, status=303, leads_to=here, stage="offer"))
    assert "Dina Kaur is in Offer for Backend Engineer." in page.messages
    assert page.value_of(button, "stage") == "offer"
    # Setting the same stage twice is one move, and the second leaves nothing to undo.
    again = ada.follow(ada.submit(page, button, status=303, leads_to=here, stage="offer"))
    assert not again.has_button("Undo")
    page = ada.follow(ada.submit(page, "Undo", status=303, leads_to=here))
    assert "Dina Kaur is back in New for Backend Engineer." in page.messages
    assert not page.has_button("Undo")
    with rows():
        application = db.session.get_one(Application, team.dina.application_id)
        assert application.stage is Stage.NEW
        moves = [(move.actor.name, move.before, move.after) for move in application.moves]
        assert moves == [("Ada Berg", Stage.NEW, Stage.OFFER), ("Ada Berg", Stage.OFFER, Stage.NEW)]
    ada.post(application_address(team, "stage"), {"stage": "emperor"}, status=303)
    assert "Choose a stage." in ada.get(address_of(team.dina)).words


def test_decision_says_which_interviews_are_still_on(rows: Rows, team: Team, ada: Visitor) -> None:
    def move(stage: str) -> str:
        page = ada.follow(ada.post(application_address(team, "stage"), {"stage": stage}, status=303))
        links.append(len(page.message_links))
        return page.messages

    links: list[int] = []
    assert "still on" not in move("hired")
    with rows():
        schedule(team.ada, team.dina)
    assert "Dina Kaur is in Rejected for Backend Engineer. 1 interview with them is still on." in move(
        "rejected"
    )
    assert "still on" not in move("offer")
    with rows():
        other = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, other)
        schedule(team.ada, team.dina)
    assert "2 interviews with them are still on. Open each to cancel it." in move("hired")
    assert links == [0, 1, 0, 2]


def test_move_is_taken_back_only_while_it_is_the_newest(
    rows: Rows, team: Team, ada: Visitor, ben: Visitor
) -> None:
    moved = ada.follow(ada.post(application_address(team, "stage"), {"stage": "offer"}, status=303))
    ben.post(application_address(team, "stage"), {"stage": "hired"}, status=303)
    page = ada.follow(ada.submit(moved, "Undo", status=303))
    assert "has been changed again since" in page.messages
    with rows():
        application = db.session.get_one(Application, team.dina.application_id)
        assert application.stage is Stage.HIRED
        [_, last] = application.moves
    ada.post(application_address(team, f"stage/{last.id + 1}/undo"), status=303)
    with rows():
        assert db.session.get_one(Application, team.dina.application_id).stage is Stage.HIRED


def test_page_says_who_moved_a_candidate(rows: Rows, team: Team, ada: Visitor, ben: Visitor) -> None:
    ben.post(application_address(team, "stage"), {"stage": "screening"}, status=303)
    with rows():
        schedule(team.ada, team.dina)
    activity = ada.get(address_of(team.dina)).tree.with_id("activity")
    assert activity is not None
    told = [" ".join(entry.words.split(" · ")[0].split()) for entry in activity.all("li")]
    assert told[:2] == [
        "Moved from Screening to Interview, because an interview was scheduled Ada Berg",
        "Moved from New to Screening Ben Frei",
    ]
    assert told[2].startswith("Added to Backend Engineer")
