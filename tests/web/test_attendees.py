"""Who takes part: rows for other people, the team with its workload, and who must not be chosen twice."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from extensions import db
from models import Draft, Interview, InterviewStatus, Job, JobMember, Role, User
from scheduling.plans import Participant
from tests.factories import Member, Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from tests.web.dialog_steps import begin, draft_at, other_people, schedule_at_once, send, the_tick

pytestmark = pytest.mark.usefixtures("clock")

Rows = list[tuple[str, str]]


def typed(rows: Rows) -> dict[str, Any]:
    return other_people(*rows)


def kept(page: Page) -> Rows:
    """The rows that are filled in on a page."""
    return [row for row in shown(page) if any(row)]


def shown(page: Page) -> Rows:
    """All rows of a page, including the empty ones."""
    fields = page.fields("Continue")
    rows = [name for name in fields if name.startswith("other_people-") and name.endswith("-name")]
    return [(fields[name][0], fields[name.replace("-name", "-email")][0]) for name in rows]


TAKEN: list[tuple[Rows, Rows]] = [
    ([("", ""), ("", " ")], []),
    ([("", "sam@partner.example")], [("sam", "sam@partner.example")]),
    ([("Sam Ortiz", "SAM@Partner.Example")], [("Sam Ortiz", "sam@partner.example")]),
    ([("", "Sam Ortiz <sam@partner.example>")], [("Sam Ortiz", "sam@partner.example")]),
    ([("Sam Ortiz <sam@partner.example>", "")], [("Sam Ortiz", "sam@partner.example")]),
    ([("sam@partner.example", "")], [("sam", "sam@partner.example")]),
    ([("Sammy", "Sam Ortiz <sam@partner.example>")], [("Sammy", "sam@partner.example")]),
    ([("", '"Ortiz, Sam" <sam@partner.example>')], [("Ortiz, Sam", "sam@partner.example")]),
    (
        [("", "Sam <a@b.example>; Kim <c@d.example>"), ("Lee", "e@f.example")],
        [("Sam", "a@b.example"), ("Kim", "c@d.example"), ("Lee", "e@f.example")],
    ),
    ([("Zoë Ångström", "zoe@bücher.example")], [("Zoë Ångström", "zoe@bücher.example")]),
    ([("", '"Okafor, Ada" ada@x.example')], [("Okafor, Ada", "ada@x.example")]),
    (
        [("", "Okafor, Ada\tada@x.example\r\nDoe, Bob\tbob@x.example\r\n")],
        [("Okafor, Ada", "ada@x.example"), ("Doe, Bob", "bob@x.example")],
    ),
]


def test_rows_take_people_however_they_are_typed_or_pasted(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    for rows, people in TAKEN:
        send(ada, draft, "attendees", **typed(rows))
        page = ada.get(f"{draft}/attendees")
        assert kept(page) == people, rows
        # However many rows were filled in, there is room for more.
        assert len(shown(page)) == len(people) + 3


REFUSED: list[tuple[Rows, int, str]] = [
    ([("Sam Ortiz", "")], 0, "Enter the email address of Sam Ortiz"),
    ([("Sam", "sam at partner")], 0, "“sam at partner” isn't an email address"),
    ([("Sam", "x" * 300)], 0, "isn't an email address"),
    ([("Sam", "a@b.example, nobody")], 0, "“nobody” isn't an email address"),
    ([("", "Ada <a@b.example>; Bob at home; c@d.example")], 0, "“Bob at home” isn't an email address"),
    ([("n" * 121, "a@b.example")], 0, "at most 120"),
    ([("Dina", "DINA.kaur@mail.example")], 0, "is the candidate, who is already invited"),
    ([("Sam", "a@b.example"), ("Samuel", "A@B.example")], 1, "is in row 1 already"),
    ([("Sam", "a@b.example"), ("Ben", "Ben <ben@northlight.example>")], 1, "Ben Frei, the hiring manager"),
    ([("", f"p{n}@b.example") for n in range(31)], 30, "At most 30"),
]


def test_impossible_row_is_refused_beside_it_and_stays_as_typed(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    for rows, number, words in REFUSED:
        page = send(ada, draft, "attendees", status=422, **typed(rows))
        assert words in page.error_at(f"other_people-{number}-email"), rows
        links = {link.get("href"): link.text for link in page.tree.all("a")}
        assert words in links[f"#other_people-{number}-email"]
        assert kept(page)[number][0] == ("Ben" if "manager" in words else rows[number][0])
        assert kept(page)[0][0] == rows[0][0] or not rows[0][0]
    with in_rows(web):
        assert "attendees" not in db.session.scalars(db.select(Draft)).one().payload


def test_row_numbers_that_no_page_has_break_nothing(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    fields = {**ada.get(f"{draft}/attendees").fields("Continue"), "direction": "continue"}
    odd = {f"other_people-{number}-email": "a@b.example" for number in ("²", "9" * 5000, "-1", "x", "")}
    flood = {f"other_people-{number}-email": "" for number in range(300)}
    far = {"other_people-9000-email": "sam@partner.example"}
    for more, people in ((odd, []), (far, [("sam", "sam@partner.example")]), (flood | far, [])):
        page = ada.get(f"{draft}/attendees")
        blank = {name: "" for name in fields if name.startswith("other_people-")}
        sent = {**fields, **blank, "version": page.value_of("Continue", "version"), **more}
        ada.post(f"{draft}/attendees", sent, leads_to=f"{draft}/details")
        assert kept(ada.get(f"{draft}/attendees")) == people


def test_address_of_someone_on_the_team_takes_the_member(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    rows = [("C. Marin", "Cleo@Northlight.example"), ("Sam", "sam@partner.example")]
    page = ada.follow(send(ada, draft, "attendees", **typed(rows)))
    assert "cleo@northlight.example is Cleo Marin on your team" in page.messages
    page = ada.get(f"{draft}/attendees")
    assert page.fields("Continue")["people"] == [str(team.cleo.id)]
    assert kept(page) == [("Sam", "sam@partner.example")]
    # The same beside another row that is wrong: nothing is saved, but the message is already there.
    page = send(ada, draft, "attendees", status=422, people=None, **typed([rows[0], ("Sam", "")]))
    assert "is Cleo Marin on your team" in page.text
    assert page.fields("Continue")["people"] == [str(team.cleo.id)]
    send(ada, draft, "attendees", **typed(rows))
    for step in ("details", "preview", "finalize"):
        send(ada, draft, step)
    with in_rows(web):
        attendees = db.session.get_one(Interview, 1).attendees
        assert [(a.name, a.user_id) for a in attendees] == [("Cleo Marin", team.cleo.id), ("Sam", None)]


def test_same_rows_sent_twice_go_on_as_if_sent_once(team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    page = ada.get(f"{draft}/attendees")
    for _ in range(2):
        ada.submit(
            page, "Continue", leads_to=f"{draft}/details", **typed([("", "Sam <sam@partner.example>")])
        )


def members(page: Page) -> dict[str, str]:
    """What is beside each name in the list of the team, as it is shown."""
    [team] = page.tree.all("fieldset", lambda e: e.get("id") == "team-choice")
    lines = {}
    for item in team.all("li", lambda e: "hidden" not in e.attributes):
        [name] = item.all("span", lambda e: e.get("class") == "team-name")
        [load] = item.all("span", lambda e: e.get("class") == "team-load")
        lines[name.text] = load.text
    return lines


def test_load_counts_what_took_or_will_take_someones_time(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    now = clock.now
    with in_rows(web):
        cleo = (Participant(team.cleo.name, team.cleo.email, team.cleo.id),)

        def held(days_ago: int, status: InterviewStatus, *, with_cleo: bool = True) -> None:
            clock.now = now - timedelta(days=days_ago, hours=1)
            number = schedule(
                team.ada,
                team.dina,
                starts_at=now - timedelta(days=days_ago),
                attendees=cleo if with_cleo else (),
                software=None,
            )
            db.session.get_one(Interview, number).status = status
            db.session.commit()

        held(27, InterviewStatus.COMPLETED)
        held(2, InterviewStatus.NO_SHOW)
        held(1, InterviewStatus.SCHEDULED, with_cleo=False)
        held(3, InterviewStatus.CANCELLED)
        held(29, InterviewStatus.COMPLETED)
        held(-5, InterviewStatus.SCHEDULED)
        held(-6, InterviewStatus.CANCELLED)
        clock.now = now
    page = ada.get(f"{draft_at(ada, team.dina.id, 'attendees')}/attendees")
    assert members(page) == {
        "Ada Berg": "0 upcoming",
        "Cleo Marin": "1 upcoming, 2 in the past 4 weeks",
    }


def test_list_begins_with_the_jobs_team_ends_with_who_is_busy_and_leaves_the_manager_out(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        eva = create_user("Eva Lang", Role.INTERVIEWER)
        zoe = create_user("Zoe Adler", Role.INTERVIEWER)
        on_job = (team.ben, eva, zoe)
        db.session.add_all(JobMember(job_id=team.job_id, user_id=member.id) for member in on_job)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        schedule(
            team.ada,
            omar,
            starts_at=clock.now.replace(day=10, hour=8, minute=15),
            hiring_manager=eva,
            software=None,
        )
    draft = draft_at(ada, team.dina.id, "attendees")
    lines = members(ada.get(f"{draft}/attendees"))
    assert list(lines) == ["Zoe Adler", "Ada Berg", "Cleo Marin", "Eva Lang"]
    assert lines["Eva Lang"] == "1 upcoming Busy: Omar Haddad"
    # With another manager, Ben can be chosen like the others.
    answers = {"attendees": {"hiring_manager": str(team.cleo.id)}}
    lines = members(ada.get(f"{draft_at(ada, team.dina.id, 'details', answers)}/attendees"))
    assert list(lines) == ["Ben Frei", "Zoe Adler", "Ada Berg", "Eva Lang"]


def test_long_list_of_the_team_can_be_searched(web: Flask, team: Team, ada: Visitor) -> None:
    draft = draft_at(ada, team.dina.id, "attendees")
    assert not ada.get(f"{draft}/attendees").tree.with_id("team-search")
    with in_rows(web):
        for number in range(10):
            create_user(f"Person{number} Berg", Role.INTERVIEWER)
    assert ada.get(f"{draft}/attendees").tree.with_id("team-search")


def test_people_who_left_are_not_offered(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        db.session.get_one(User, team.cleo.id).is_active = False
        db.session.commit()
    page = ada.get(f"{draft_at(ada, team.dina.id, 'attendees')}/attendees")
    assert "Cleo Marin" not in page.text


def test_no_one_becomes_hiring_manager_by_being_first_in_the_list(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    draft = begin(ada, team.dina.id)
    for step in ("setup", "date-time"):
        send(ada, draft, step)
    page = send(ada, draft, "attendees", status=422)
    assert "Choose a hiring manager" in page.error_at("hiring_manager")
    ada.submit(page, "Continue", leads_to=f"{draft}/details", hiring_manager=team.cleo.id)


def test_hiring_manager_can_be_someone_else_than_the_jobs(web: Flask, team: Team, ada: Visitor) -> None:
    number = schedule_at_once(ada, team.dina.id, {"attendees": {"hiring_manager": team.cleo.id}})
    with in_rows(web):
        assert db.session.get_one(Interview, number).hiring_manager_id == team.cleo.id
        assert db.session.get_one(Job, team.job_id).hiring_manager_id == team.ben.id


def test_time_is_shown_and_changed_from_attendees_without_losing_what_is_typed(
    team: Team, ada: Visitor
) -> None:
    when = {"time": "23:30", "duration_minutes": "60", "timezone": "Europe/Lisbon"}
    draft = draft_at(ada, team.dina.id, "attendees", {"date-time": when})
    page = ada.get(f"{draft}/attendees")
    assert "Wed 10 Feb, 23:30–00:30 WET · Change" in page.text
    there = f"{draft}/date-time"
    ada.submit(page, "Change the time", leads_to=there, go="date-time", people=[str(team.cleo.id)])
    assert ada.get(f"{draft}/attendees").fields("Continue")["people"] == [str(team.cleo.id)]


def test_those_with_another_interview_then_are_marked(
    web: Flask, clock: Clock, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        eva: Member = create_user("Eva Lang", Role.INTERVIEWER)
        guest = (Participant(eva.name, eva.email, eva.id),)
        at = clock.now.replace(day=10, hour=8, minute=15)
        schedule(team.ada, team.dina, starts_at=at, hiring_manager=team.cleo, attendees=guest, software=None)
    draft = draft_at(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422)
    page = ada.submit(page, "Continue", leads_to=f"{draft}/attendees", accepted_clashes=the_tick(page))
    lines = members(ada.get(f"{draft}/attendees"))
    assert {name for name, words in lines.items() if "Busy" in words} == {"Cleo Marin", "Eva Lang"}


@pytest.mark.parametrize("is_attendee", [True, False])
def test_hiring_manager_of_another_job_who_takes_part_opens_the_interview(
    team: Team, ada: Visitor, sign_in: SignIn, is_attendee: bool
) -> None:
    chosen: dict[str, object] = {"people": [str(team.cleo.id)]} if is_attendee else {}
    chosen = chosen or {"hiring_manager": team.cleo.id}
    number = schedule_at_once(ada, team.dina.id, {"attendees": chosen})
    assert sign_in(team.cleo).get(f"/interviews/{number}").heading == "Dina Kaur"
