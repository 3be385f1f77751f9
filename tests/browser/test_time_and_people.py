"""Date & Time and Attendees with a script: what follows the typing, and what is checked before sending."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from models import Role
from tests.browser.entering import cookies_of
from tests.browser.steps import choose_zone, in_two_days_at_nine, step_heading
from tests.factories import create_candidate, create_team, create_user, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.pages.visitor import Visitor


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_page_follows_what_is_typed_and_people_are_found_and_pasted(
    app: Flask, server_processes: ServerProcesses, browser_page: Page
) -> None:
    start, page = in_two_days_at_nine(), browser_page
    with in_rows(app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=start + timedelta(minutes=30), software=None)
        for number in range(10):
            create_user(f"Person{number} Berg", Role.INTERVIEWER)
    [server] = server_processes.start(1)
    page.context.add_cookies(cookies_of(app, Visitor(app).enter(team.ada), server.base_url))
    page.goto(f"{server.base_url}/candidates/{team.dina.id}")
    page.get_by_role("button", name="Schedule Interview").click()
    page.get_by_label("Agenda").fill("Introduction")
    page.get_by_role("button", name="Continue").click()

    heading = step_heading(page)
    expect(heading).to_have_text("Date & Time")
    expect(page.get_by_role("button", name="Check this time")).to_have_count(0)
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    time = page.get_by_label("Time", exact=True)
    time.fill("09:00")
    choose_zone(page, "UTC")
    clashes = page.get_by_role("region", name="Conflict", exact=True)
    words = "Ben Frei has another interview with Omar Haddad from 09:30 to 10:15 UTC."
    expect(clashes.get_by_text(words)).to_be_visible()
    # Announced for those who cannot see it, and not shown a second time.
    expect(page.locator("#announcement")).to_contain_text("Ben Frei is busy then.")
    expect(page.locator("#announcement")).to_have_attribute("data-tone", "quiet")
    day = page.get_by_role("region", name="Also that day")
    times = page.get_by_role("region", name="Free times", exact=True)
    expect(times.get_by_role("heading")).to_contain_text(f"{start:%A}, {start.day} {start:%B}")
    expect(day.get_by_role("listitem")).to_have_text(
        [
            re.compile("09:00–09:45.*This interview", re.S),
            re.compile("09:30–10:15.*Conflict", re.S),
        ]
    )
    tick = page.get_by_label("Schedule anyway")
    tick.check()
    # Typing that changes nothing keeps the check mark; another length is another question.
    with page.expect_response(re.compile("/date-time/look")):
        choose_zone(page, "Africa/Abidjan")
    expect(times.get_by_text("Times in Abidjan, GMT")).to_be_visible()
    expect(tick).to_be_checked()
    page.get_by_role("button", name="1 hr", exact=True).click()
    expect(tick).not_to_be_checked()
    # The question of a repeated hour comes and goes with the time that is typed, and so does its answer.
    later_year = start.year + 1
    autumn = max(
        date(later_year, 10, day) for day in range(25, 32) if date(later_year, 10, day).weekday() == 6
    )
    on = page.get_by_label("Date", exact=True)
    on.fill(f"{autumn:%Y-%m-%d}")
    time.fill("02:30")
    choose_zone(page, "Europe/Zurich")
    second = page.get_by_label(re.compile("The second, CET"))
    second.check()
    expect(page.get_by_text("Say which one")).to_have_count(0)
    expect(second).to_be_checked()
    expect(second).to_be_focused()
    choose_zone(page, "Europe/London")
    expect(second).to_have_count(0)
    choose_zone(page, "Europe/Zurich")
    expect(second).not_to_be_checked()
    on.fill(f"{start:%Y-%m-%d}")
    choose_zone(page, "UTC")
    time.fill("11:00")
    expect(second).to_have_count(0)
    expect(clashes).to_have_count(0)
    # What is typed has the focus throughout.
    expect(time).to_be_focused()
    # Someone types before the script has arrived.
    held: list[Route] = []
    page.route(re.compile("attendees.*js"), lambda route: held.append(route))
    page.get_by_role("button", name="Continue").click()

    expect(heading).to_have_text("Attendees")
    expect(page.get_by_label(re.compile("Email of person"))).to_have_count(3)
    page.get_by_label("Name of person 1").fill("Sam")
    held[0].continue_()
    expect(page.get_by_label(re.compile("Email of person"))).to_have_count(1)
    expect(page.get_by_label("Name of person 1")).to_have_value("Sam")
    page.get_by_label("Name of person 1").fill("")
    page.unroute_all()
    page.reload()
    team_list = page.get_by_role("group", name="From the team")
    page.get_by_role("checkbox", name=re.compile("Cleo Marin")).check()
    search = page.get_by_label("Find someone on the team")
    search.fill("person7")
    # The people who are chosen stay visible.
    expect(team_list.get_by_role("checkbox")).to_have_count(2)
    search.fill("nobody at all")
    expect(page.get_by_text("No one on the team matches.")).to_be_visible()
    # Accents and the order of the words do not matter, and a misspelled name is asked about.
    search.fill("marín cleo")
    expect(page.get_by_text("No one on the team matches.")).to_be_hidden()
    search.fill("Cloe Marin")
    expect(page.get_by_text("No one is called “Cloe Marin”. Did you mean Cleo Marin?")).to_be_visible()
    page.get_by_role("button", name="Cleo Marin", exact=True).click()
    expect(search).to_have_value("Cleo Marin")
    expect(search).to_be_focused()
    expect(page.get_by_text("Did you mean")).to_be_hidden()
    search.press("Enter")
    expect(heading).to_have_text("Attendees")
    expect(page.get_by_label(re.compile("Email of person"))).to_have_count(0)
    page.get_by_role("button", name="Add another guest").click()
    expect(page.get_by_label("Name of person 1")).to_be_focused()
    page.keyboard.insert_text("Sam Ortiz <sam@partner.example>")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name of person 1")).to_have_value("Sam Ortiz")
    expect(page.get_by_label("Email of person 1")).to_have_value("sam@partner.example")
    page.get_by_role("button", name="Add another guest").click()
    page.get_by_label("Email of person 2").fill("sam@partner.example")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name=re.compile("is in row 1 already")).click()
    expect(page.get_by_label("Email of person 2")).to_be_focused()
    page.get_by_label("Email of person 2").fill("kim@partner.example")
    page.get_by_label("Email of person 2").press("Enter")
    expect(heading).to_have_text("Finalize")
