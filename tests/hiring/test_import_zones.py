"""Time zones in a list that could be several: asked about once each, and never guessed."""

from extensions import db
from models import Candidate, User
from tests.factories import Team, create_candidate
from tests.hiring.conftest import Rows
from tests.hiring.sending_lists import confirm, people, seen_on, send
from tests.machines.clock import Clock
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor

LIST = (
    "name,email,timezone\n"
    "Ann,ann@mail.example,IST\n"
    "Bob,bob@mail.example,Mumbai\n"
    "Cid,cid@mail.example,ist\n"
    "Dee,dee@mail.example,GMT+2\n"
    "Eva,eva@mail.example,Mars\n"
    "Flo,flo@mail.example,n/a\n"
    "Gil,gil@mail.example,Pacific Time\n"
)


def zones(rows: Rows) -> dict[str, str | None]:
    with rows():
        found = db.session.execute(db.select(Candidate.name, Candidate.timezone))
        return {name: zone for name, zone in found if name != "Dina Kaur"}


def offered(page: Page, name: str) -> list[str]:
    def is_choice(element: Element) -> bool:
        return element.get("name") == name

    return [str(each["value"]) for each in page.tree.all("input", is_choice)]


def test_zones_that_could_be_several_are_asked_about_once_each(
    clock: Clock, rows: Rows, team: Team, ada: Visitor
) -> None:
    address = send(ada, team, LIST)
    page = ada.get(address)
    for words in (
        "Which time zones are meant? Each of these could mean more than one time zone.",
        "“IST” 2 rows: Ann, Cid",
        "Kolkata India · UTC+5:30 Dublin",
        "“GMT+2” 1 row: Dee Zurich Switzerland · UTC+1 now, UTC+2 in summer",
        "“Mars” isn't a time zone.",
        "bob@mail.example · Asia/Kolkata",
        "ann@mail.example · IST",
    ):
        assert words in page.words, words
    assert offered(page, "line-2") == ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem", "-"]
    # Nothing is imported before the zones are known, whatever is sent.
    assert not any("Import" in button.text for button in page.tree.all("button"))
    ada.post(address, {"seen": "0" * 64}, status=409)
    assert people(rows) == {team.dina.email}
    answers = {"line-2": "Europe/Dublin", "line-5": "-"}
    review = ada.follow(ada.submit(page, "Continue", status=303, **answers))
    assert "Import 6 candidates" in review.words
    assert "ann@mail.example · Europe/Dublin" in review.words
    assert "GMT+2" not in review.words.partition("What will be imported")[2]
    confirm(ada, address)
    assert zones(rows) == {
        "Ann": "Europe/Dublin",
        "Bob": "Asia/Kolkata",
        "Cid": "Europe/Dublin",
        "Dee": None,
        "Flo": None,
        "Gil": "America/Los_Angeles",
    }


def test_missing_or_invalid_answer_is_asked_for_again(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, LIST)
    page = ada.get(address)
    refused = ada.submit(page, "Continue", status=422, **{"line-2": "Asia/Kolkata"})
    assert refused.error_at("line-5") == "Choose what “GMT+2” means."
    assert refused.fields("Continue")["line-2"] == ["Asia/Kolkata"]
    for sent in ("Europe/Paris", "Nowhere", ""):
        answers = {"line-2": sent, "line-5": "-"}
        answered = ada.post(f"{address}/time-zones", answers, status=422)
        assert answered.error_at("line-2") == "Choose what “IST” means."
    answers = {"line-2": "-", "line-5-other": "Mars"}
    again = ada.submit(page, "Continue", status=422, **answers)
    assert "Enter a time zone" in again.error_at("line-5-other")
    assert again.fields("Continue")["line-5-other"] == ["Mars"]
    answers = {"line-2": "-", "line-5-other": "EST"}
    again = ada.submit(page, "Continue", status=422, **answers)
    assert "“EST” could be New York, Toronto, or Sydney time." in again.error_at("line-5-other")
    # Nothing of it was kept.
    assert "line-2" not in ada.get(address).fields("Continue")


def test_another_zone_can_be_entered_and_changed_later(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, LIST)
    page = ada.get(address)
    answers = {"line-2": "Asia/Kolkata", "line-5-other": "Windhoek, Namibia"}
    review = ada.follow(ada.submit(page, "Continue", status=303, **answers))
    assert review.fields("Apply")["line-5-other"] == ["Africa/Windhoek"]
    stale = seen_on(review.html)
    review = ada.follow(ada.submit(review, "Apply", status=303, **{"line-2": "Asia/Jerusalem"}))
    # What was seen before the answer was changed is not imported.
    ada.post(address, {"seen": stale}, status=409)
    confirm(ada, address)
    found = zones(rows)
    assert (found["Ann"], found["Cid"], found["Dee"]) == ("Asia/Jerusalem",) * 2 + ("Africa/Windhoek",)


def test_one_of_the_rows_may_mean_something_else(rows: Rows, team: Team, ada: Visitor) -> None:
    address = send(ada, team, LIST)
    page = ada.get(f"{address}/rows/2")
    assert page.fields("Save")["timezone"] == ["IST"]
    asked = ada.submit(page, "Save", status=422)
    assert asked.error_at("timezone") == "“IST” could be Kolkata, Dublin, or Jerusalem time. Enter a city."
    review = ada.follow(ada.submit(page, "Save", status=303, timezone="Dublin"))
    assert "“ist” 1 row: Cid" in review.words
    ada.submit(review, "Continue", status=303, **{"line-4": "Asia/Kolkata", "line-5": "-"})
    confirm(ada, address)
    found = zones(rows)
    assert (found["Ann"], found["Cid"]) == ("Europe/Dublin", "Asia/Kolkata")


def test_only_what_would_be_kept_is_asked_about(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        create_candidate("Known", "known@mail.example", team.other_job_id, timezone="Asia/Tokyo")
    text = (
        "name,email,timezone\nKnown,known@mail.example,IST\nOdd,odd,CST\nAnn,ann@mail.example,BST\n"
        "Bob,bob@mail.example,\n"
    )
    address = send(ada, team, text)
    page = ada.get(address)
    assert "This could mean more than one time zone." in page.words
    assert "“BST” 1 row: Ann" in page.words
    assert "“IST”" not in page.words
    assert "“CST”" not in page.words
    ada.post(f"{address}/rows/4/skip", status=303)
    assert "Which time zones" not in ada.get(address).words
    ada.post(f"{address}/time-zones", status=303)
    confirm(ada, address)
    assert zones(rows) == {"Known": "Asia/Tokyo", "Bob": None}


def test_zones_of_the_organization_and_the_team_come_first(rows: Rows, team: Team, ada: Visitor) -> None:
    with rows():
        db.session.get_one(User, team.ben.id).timezone = "Africa/Windhoek"
        db.session.commit()
    address = send(ada, team, "name,email,timezone\nAnn,ann@mail.example,GMT+2\nBob,bob@mail.example,CET\n")
    page = ada.get(address)
    assert offered(page, "line-2")[:3] == ["Europe/Zurich", "Africa/Windhoek", "Europe/Athens"]
    assert offered(page, "line-3")[:2] == ["Europe/Zurich", "Europe/Berlin"]


def test_column_of_short_names_is_proposed_as_time_zones(team: Team, ada: Visitor) -> None:
    address = send(ada, team, "Ann\tann@mail.example\tIST\nBob\tbob@mail.example\tUTC+1\n")
    assert ada.get(address).fields("Review")["columns-2"] == ["timezone"]


def test_many_questions_come_in_portions(rows: Rows, team: Team, ada: Visitor) -> None:
    offsets = [f"UTC{sign}{hours}" for sign in "+-" for hours in range(1, 9)]
    offsets += ["IST", "CST", "EST", "PST", "MST", "BST", "EET", "CET"]
    lines = [f"P{at},p{at}@mail.example,{zone}" for at, zone in enumerate(offsets)]
    address = send(ada, team, "\n".join(["name,email,timezone", *lines]))
    page = ada.get(address)
    asked = [f"line-{number}" for number in range(2, 2 + len(offsets)) if offered(page, f"line-{number}")]
    assert len(asked) == 20
    page = ada.follow(ada.submit(page, "Continue", status=303, **dict.fromkeys(asked, "-")))
    assert not any("Import" in button.text for button in page.tree.all("button"))
    left = [f"line-{number}" for number in range(2, 2 + len(offsets)) if offered(page, f"line-{number}")]
    assert left
    assert not set(left) & set(asked)
    page = ada.follow(ada.submit(page, "Continue", status=303, **dict.fromkeys(left, "-")))
    assert f"Import {len(offsets)} candidates" in page.words
