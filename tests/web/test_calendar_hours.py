"""Day and Week of the calendar page: whose calendar is shown to whom, where free times lead, and which view
comes first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from extensions import db
from models import CustomEventKind, Organization, Role
from scheduling.plans import Participant
from tests.factories import Member, Team, create_candidate, create_user, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn
from web.shortcuts import CALENDAR_SHORTCUTS

# The clock of these tests is stopped on the Monday before, at one o'clock in Zurich.
TUESDAY = date(2027, 2, 2)
TEN = datetime(2027, 2, 2, 9, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"

pytestmark = pytest.mark.usefixtures("clock")


def having(page: Page, name: str) -> list[Element]:
    """The elements of a class."""
    return [each for each in page.tree.walk() if name in each.get("class").split()]


def blocks(page: Page) -> list[str]:
    """What is shown among the hours, each as it is read out."""
    return [each.words for each in having(page, "cal-block")]


def names(page: Page) -> set[str]:
    """What is shown among the hours, by name."""
    return {each.all("b")[0].text for each in having(page, "cal-block") if each.all("b")}


def as_participant(member: Member) -> Participant:
    return Participant(member.name, member.email, member.id)


@pytest.fixture
def ida(web: Flask, team: Team) -> Member:
    """An interviewer who takes part in one of four interviews, Ben's with Dina."""
    with in_rows(web):
        ida = create_user("Ida Moor", Role.INTERVIEWER)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        kim = create_candidate("Kim Sato", "kim@mail.example", team.other_job_id)
        lea = create_candidate("Lea Brunner", "lea@mail.example", team.other_job_id)
        schedule(team.ada, team.dina, starts_at=TEN, attendees=(as_participant(ida),))
        schedule(team.ada, omar, starts_at=TEN + timedelta(hours=2))
        schedule(team.ada, kim, starts_at=TEN + timedelta(hours=2))
        schedule(team.ada, lea, starts_at=TEN + timedelta(days=1), attendees=(as_participant(team.ada),))
    return ida


@pytest.mark.usefixtures("ida")
def test_it_is_ones_own_a_jobs_a_persons_or_everyones(team: Team, ada: Visitor) -> None:
    week = f"/calendar/week/{TUESDAY}"
    assert names(ada.get(week)) == {"Lea Brunner"}
    assert names(ada.get(f"{week}?whose=job-{team.job_id}")) == {"Dina Kaur", "Omar Haddad"}
    assert names(ada.get(f"{week}?whose=person-{team.cleo.id}")) == {"Kim Sato", "Lea Brunner"}
    everyone = ada.get(f"{week}?whose=everyone")
    assert names(everyone) == {"Dina Kaur", "Omar Haddad", "Kim Sato", "Lea Brunner"}
    # Everything on the page keeps whose calendar it is.
    for link in everyone.tree.all("a", lambda each: bool(each.get("data-key"))):
        assert link["href"].endswith("?whose=everyone")
    # A calendar that doesn't exist means one's own.
    for odd in ("job-0", "job-99999999999999999999", "person-x", "nobody", f"person-{team.ada.id}"):
        ada.get(f"{week}?whose={odd}")


def test_interviewer_sees_only_what_they_take_part_in(
    web: Flask, team: Team, ida: Member, sign_in: SignIn
) -> None:
    idas = sign_in(ida)
    for whose in ("", "?whose=everyone", f"?whose=job-{team.other_job_id}", f"?whose=person-{team.ben.id}"):
        page = idas.get(f"/calendar/day/{TUESDAY}{whose}")
        assert names(page) == {"Dina Kaur"}
        # They schedule nothing, so no time leads to the dialog, and there is no one else to look at.
        assert having(page, "cal-rows")[0].all("a", lambda each: "at=" in each["href"]) == []
        assert having(page, "cal-whose") == []
        assert having(page, "slot-move") == []


@pytest.mark.usefixtures("ida")
def test_hiring_manager_sees_the_interviews_of_their_jobs(team: Team, ben: Visitor) -> None:
    assert names(ben.get(f"/calendar/week/{TUESDAY}?whose=everyone")) == {"Dina Kaur", "Omar Haddad"}
    ben.get(f"/calendar/week/{TUESDAY}?whose=job-{team.other_job_id}", status=404)


def test_interview_opens_as_a_popup_and_is_a_click_from_another_time(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina, starts_at=TEN, attendees=(as_participant(team.ada),))
    page = ada.get(f"/calendar/day/{TUESDAY}")
    [block] = having(page, "cal-block")
    opens, moves = block.all("a")
    assert opens["href"] == f"/interviews/{number}/details"
    assert opens["data-popup"] == "Dina Kaur"
    assert opens["title"] == "10:00–10:45 Dina Kaur · Backend Engineer · Zoom"
    assert moves["href"] == f"/interviews/{number}/reschedule"
    assert {"r8", "s3", "c0", "w12"} <= set(block["class"].split())


def test_colleague_sees_that_someone_is_busy_and_not_with_what(
    web: Flask, team: Team, ada: Visitor, sign_in: SignIn
) -> None:
    with in_rows(web):
        calendar = create_synced_calendar(team.ben)
        create_outside_event(calendar, TEN, title="Secret plan")
        create_outside_event(calendar, TEN + timedelta(hours=1), title="Choir", is_busy=False)
        create_outside_event(calendar, days=(TUESDAY, TUESDAY), title="Away with Eva")
        create_custom_event(team.ben, TEN + timedelta(hours=2), title="Quiet time")
        olaf = create_user("Olaf Holm", Role.OBSERVER)
    address = f"/calendar/day/{TUESDAY}"
    page = ada.get(f"{address}?whose=person-{team.ben.id}")
    assert blocks(page) == ["Busy 10:00–10:30 · Ben Frei (Google)", "Busy 12:00–13:00 · Ben Frei"]
    assert [each.words for each in having(page, "cal-bar-item")] == ["Busy (Google)"]
    for title in ("Secret plan", "Choir", "Away with Eva", "Quiet time"):
        assert title not in page.html
        assert title in sign_in(team.ben).get(address).words
    # People who schedule nothing do not learn when others are busy.
    assert blocks(sign_in(olaf).get(f"{address}?whose=person-{team.ben.id}")) == []


def test_free_times_lead_to_the_dialog_and_tab_to_one_of_each_day(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        create_custom_event(team.ada, datetime(2027, 2, 2, 7, tzinfo=UTC), 90)
    page = ada.get(f"/calendar/week/{TUESDAY}")
    cells = [cell for cells in having(page, "cal-cells") for cell in cells.all("a")]
    # On Monday it is one o'clock; from Tuesday on, there are ten hours on each of six days.
    assert len(cells) == 9 + 6 * 20
    assert all(each["tabindex"] == "-1" for each in cells)
    stops = having(page, "cal-entry")
    assert [each["href"].partition("at=")[2] for each in stops] == [
        "2027-02-01T12:30Z",
        "2027-02-02T08:30Z",
        *(f"2027-02-{day:02}T07:00Z" for day in range(3, 8)),
    ]
    assert stops[1]["aria-label"] == "Schedule at 09:30"
    assert "09:30" in ada.get(stops[1]["href"]).words


def test_what_is_more_than_can_be_read_is_counted_and_a_click_away(
    web: Flask, team: Team, ada: Visitor
) -> None:
    with in_rows(web):
        calendar = create_synced_calendar(team.ada)
        for number in range(9):
            create_outside_event(calendar, TEN, title=f"Event {number}")
    week = ada.get(f"/calendar/week/{TUESDAY}")
    assert len(names(week)) == 2
    [more] = having(week, "cal-more")
    assert more.text == "+7 more on Tuesday, 2 February"
    day = ada.get(more.all("a")[0]["href"])
    assert day.address == f"/calendar/day/{TUESDAY}"
    assert len(names(day)) == 5
    [more] = having(day, "cal-more")
    agenda = ada.get(more.all("a")[0]["href"])
    assert all(f"Event {number}" in agenda.words for number in range(9))


def test_day_shows_the_hours_in_which_something_is_on(web: Flask, team: Team, ada: Visitor) -> None:
    def hours() -> list[str]:
        return [each.text for each in having(ada.get(f"/calendar/day/{TUESDAY}"), "cal-axis")[0].all("span")]

    assert (hours()[0], hours()[-1]) == ("08:00", "17:00")
    with in_rows(web):
        calendar = create_synced_calendar(team.ada)
        create_outside_event(calendar, datetime(2027, 2, 2, 5, 45, tzinfo=UTC), title="Early")
        create_outside_event(calendar, datetime(2027, 2, 2, 20, 50, tzinfo=UTC), title="Late")
    assert (hours()[0], hours()[-1]) == ("06:00", "22:00")


def test_week_begins_as_the_organization_says(web: Flask, ada: Visitor) -> None:
    assert ada.get(f"/calendar/week/{TUESDAY}").title.startswith("1–7 February 2027")
    with in_rows(web):
        db.session.scalars(db.select(Organization)).one().first_weekday = 6
        db.session.commit()
    page = ada.get(f"/calendar/week/{TUESDAY}")
    assert page.title.startswith("31 Jan – 6 Feb 2027")
    assert having(page, "cal-day-name")[0].words.startswith("Sunday, 31 January")


def test_interview_days_are_above_the_hours(web: Flask, team: Team, ada: Visitor) -> None:
    with in_rows(web):
        create_custom_event(
            team.ada,
            days=(TUESDAY, TUESDAY + timedelta(days=1)),
            title="Backend days",
            kind=CustomEventKind.INTERVIEW_DAY,
            job_id=team.job_id,
        )
    first, last = having(ada.get(f"/calendar/week/{TUESDAY}"), "cal-bar-item")
    assert first.words == last.words == "Backend days"
    assert "goes-on-after" in first["class"]
    assert "goes-on-before" in last["class"]


@pytest.mark.parametrize(
    "on", ["2027-02-30", "2027-2-1", "tomorrow", "1999-12-31", "2101-01-01", "20२7-02-01"]
)
@pytest.mark.parametrize("view", ["day", "week"])
def test_days_that_do_not_exist_are_not_found(ada: Visitor, view: str, on: str) -> None:
    ada.get(f"/calendar/{view}/{on}", status=404)


def test_weeks_at_the_ends_lead_to_no_day_that_is_not_there(ada: Visitor) -> None:
    for on in ("2000-01-01", "2100-12-31"):
        page = ada.get(f"/calendar/week/{on}")
        names = having(page, "cal-day-name")
        assert len(names) == 7
        for link in [link for name in names for link in name.all("a")]:
            ada.get(link["href"])


def test_view_that_was_used_last_is_shown_next_time(team: Team, ada: Visitor, sign_in: SignIn) -> None:
    assert ada.get("/calendar").title.startswith("1–7 February 2027")
    ada.get(f"/calendar/day/{TUESDAY}")
    assert ada.get("/calendar").title.startswith("Monday, 1 February 2027")
    # It belongs to the browser and not to the person, and made-up values are ignored.
    other = sign_in(team.ada)
    other.client.set_cookie("calendar", "year.ours")
    assert other.get("/calendar").title.startswith("1–7 February 2027")


def test_phone_begins_with_the_agenda_and_keeps_what_is_chosen(ada: Visitor) -> None:
    ada.client.environ_base["HTTP_USER_AGENT"] = PHONE
    assert having(ada.get("/calendar"), "cal-hours") == []
    ada.get(f"/calendar/day/{TUESDAY}")
    assert having(ada.get("/calendar"), "cal-hours") != []


def test_older_address_of_a_month_leads_to_it(ada: Visitor) -> None:
    ada.get("/calendar?month=2027-03", leads_to="/calendar/month/2027-03-01")
    for odd in ("2027-13", "soon", "1999-01"):
        assert ada.get(f"/calendar?month={odd}").status == 200


def test_keys_are_those_that_help_lists(ada: Visitor, clock: Clock) -> None:
    page = ada.get(f"/calendar/day/{TUESDAY}")
    arrows = {"←": "ArrowLeft", "→": "ArrowRight"}
    listed = {arrows.get(key, key) for each in CALENDAR_SHORTCUTS for key in each.keys}
    links = {
        each["data-key"]: each["href"] for each in page.tree.all("a", lambda each: bool(each.get("data-key")))
    }
    assert set(links) == listed
    assert links["t"] == "/calendar/day/2027-02-01"
    assert links["ArrowLeft"] == "/calendar/day/2027-02-01"
    assert links["ArrowRight"] == "/calendar/day/2027-02-03"
    assert links["w"] == f"/calendar/week/{TUESDAY}"
    words = ada.get("/help/keyboard-shortcuts").words
    assert all(f"{each.words} {each.keys[0]}" in words for each in CALENDAR_SHORTCUTS)
