"""Date & Time and Reschedule with everyone's week: what calendars say is shown beside what the team has
planned, and any time on any day is one click away, with and without a script."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from extensions import db
from models import Role, User
from scheduling.availability.hours import Availability, OtherDays
from scheduling.availability.keeping import change
from scheduling.plans import Participant
from scheduling.working_days import next_working_day, working_days
from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import cookies_of
from tests.factories import OUTLOOK_CALENDAR, Team, create_candidate, create_team, create_user, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.outside_events import create_custom_event, create_outside_event, create_synced_calendar
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import draft_at
from timezones import parse_local


def fill_the_week(team: Team, days: tuple[date, ...]) -> int:
    """Ben, whose Google calendar was read just now; Eva, whose Outlook wasn't for hours; Ida without any."""

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return parse_local(days[day], time(hour, minute), "Europe/Zurich")

    eva, ida = create_user("Eva Lang", Role.INTERVIEWER), create_user("Ida Moor", Role.INTERVIEWER)
    theirs = create_synced_calendar(team.ben)
    create_outside_event(theirs, at(0, 10), 90, title="Dentist")
    create_outside_event(theirs, at(1, 14), 60, title="Choir")
    create_outside_event(theirs, days=(days[2], days[2]), title="Offsite")
    old = create_synced_calendar(eva, app=OUTLOOK_CALENDAR, read_at=datetime.now(UTC) - timedelta(hours=5))
    create_outside_event(old, at(0, 13), 45, title="Doctor")
    create_custom_event(ida, at(1, 8), 120, title="Focus")
    for each in (eva, ida):
        user = db.session.get_one(User, each.id)
        change(user, Availability(minutes_before=15, minutes_after=15))
    user = db.session.get_one(User, ida.id)
    change(user, Availability(other_days=(OtherDays(days[3], days[3]),)))
    db.session.commit()
    people = tuple(Participant(each.name, each.email, each.id) for each in (eva, ida))
    omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
    schedule(team.ada, omar, starts_at=at(0, 15), software=None, attendees=people)
    return schedule(team.ada, team.dina, starts_at=at(4, 11), software=None, attendees=people)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_week_shows_whose_time_is_taken_and_a_time_on_any_day_is_one_click(
    app: Flask, server_processes: ServerProcesses, new_browser_context: Callable[..., BrowserContext]
) -> None:
    days = working_days(next_working_day(datetime.now(UTC).date()), 5)
    with in_rows(app):
        team = create_team()
        interview = fill_the_week(team, days)
        kim = create_candidate("Kim Sato", "kim@mail.example", team.job_id)
    visitor = Visitor(app).enter(team.ada)
    [server] = server_processes.start(1)
    dialog = f"{server.base_url}{draft_at(visitor, kim.id, 'date-time')}/date-time"
    moving = f"{server.base_url}/interviews/{interview}/reschedule"
    cookies = cookies_of(app, visitor, server.base_url)

    def opened(**look: Any) -> Page:
        context = new_browser_context(**look)
        context.add_cookies(cookies)
        return context.new_page()

    page = opened(color_scheme="light", viewport={"width": 1280, "height": 800})
    page.goto(dialog)
    assert_no_barrier(page)
    week = page.get_by_role("region", name="Free times", exact=True)
    expect(week.locator(".week-day")).to_have_count(5)
    for look in ("interview", "outside", "blocked", "away", "break"):
        expect(week.locator(f".week-day .is-{look}").first).to_be_visible()
    page.get_by_text("Busy times in words").click()
    # Ada is not Ben: she learns that he is busy, and where that is known from, but not with what.
    expect(week).to_contain_text("Ben: 10:00–11:30 Busy (Google)")
    expect(week).to_contain_text("Ida: 08:00–10:00 Blocked")
    expect(week).to_contain_text("Ben: All day Busy (Google)")
    expect(week).to_contain_text("Ida: Away")
    expect(week).not_to_contain_text("Dentist")
    expect(week).to_contain_text("Outlook as of")
    # It is connected only on paper.
    expect(week).to_contain_text("has to be reconnected")
    expect(week).to_contain_text("calendar isn't connected")
    # Of the days without a time for everyone, none is offered.
    first = week.get_by_role("toolbar", name="First times that work for everyone").get_by_role("button")
    expect(first).to_have_count(5)
    tuesday = first.filter(has_text=f"{days[1]:%a} {days[1].day},").first
    words = tuesday.inner_text().split(", ")[1]
    tuesday.click()
    expect(page.get_by_label("Date", exact=True)).to_have_value(f"{days[1]}")
    expect(page.get_by_label("Time", exact=True)).to_have_value(words)
    expect(tuesday).to_have_attribute("aria-pressed", "true")
    expect(week.locator(".week-day.is-chosen rect.is-wanted")).to_have_count(1)
    # A column in the drawing works as well as the button for its day.
    week.locator(".week-day").nth(4).locator("label").click()
    expect(page.get_by_label("Date", exact=True)).to_have_value(f"{days[4]}")
    page.get_by_label("Time", exact=True).fill("10:15")
    page.get_by_label("Date", exact=True).fill(f"{days[0]}")
    conflict = page.get_by_role("region", name="Conflict", exact=True)
    expect(conflict).to_contain_text("Ben Frei is busy 10:00–11:30 CE")
    expect(conflict).to_contain_text("(Google)")
    page.goto(moving)
    assert_no_barrier(page)
    expect(week.locator(".week-day.is-chosen rect.is-wanted")).to_have_count(1)

    phone = opened(color_scheme="dark", viewport={"width": 360, "height": 740}, java_script_enabled=False)
    phone.goto(dialog)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    drawn = phone.locator(".week-day:visible")
    expect(drawn).to_have_count(1)
    expect(drawn).to_contain_text(f"{days[0]:%a} {days[0].day}")
    phone.get_by_role("toolbar", name="Day").get_by_role("button").nth(3).click()
    expect(drawn).to_contain_text(f"{days[3]:%a} {days[3].day}")
    offered = (
        phone.get_by_role("toolbar", name="First times that work for everyone").get_by_role("button").nth(2)
    )
    words = offered.inner_text().split(", ")[1]
    offered.click()
    expect(phone.get_by_label("Date", exact=True)).to_have_value(f"{days[1]}")
    expect(phone.get_by_label("Time", exact=True)).to_have_value(words)
