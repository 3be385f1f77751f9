"""What a script does with error messages, and when a job is chosen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from extensions import db
from hiring.commands import add_application
from models import Candidate
from tests.browser.entering import cookies_of
from tests.browser.steps import in_two_days_at_nine, step_heading
from tests.factories import create_candidate, create_team, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def top_of(page: Page, label: str) -> float:
    box = page.get_by_label(label, exact=True).bounding_box()
    assert box is not None
    return box["y"]


def test_messages_go_with_what_they_are_about_and_a_job_brings_its_last_choices(
    app: Flask, server_processes: ServerProcesses, browser_page: Page
) -> None:
    page = browser_page
    with in_rows(app):
        team = create_team()
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=in_two_days_at_nine(), software=None, agenda="Ships and sails")
        add_application(db.session.get_one(Candidate, team.dina.id), team.other_job_id)
        db.session.commit()
    [server] = server_processes.start(1)
    page.context.add_cookies(cookies_of(app, Visitor(app).enter(team.ada), server.base_url))
    page.goto(f"{server.base_url}/candidates/{team.dina.id}")
    page.get_by_role("button", name="Schedule Interview").click()

    # Everything is wrong at first; each message disappears with its cause.
    job, agenda = page.get_by_label("Job", exact=True), page.get_by_label("Agenda")
    expect(job).to_have_value("")
    page.get_by_label("Meeting Software").select_option("Other")
    page.get_by_label("Name of the software").fill("Webex")
    page.get_by_role("button", name="Continue").click()
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("listitem")).to_have_text(
        ["Choose a job.", "Paste the link of the meeting.", re.compile("Enter an agenda")]
    )
    page.get_by_label("Phone", exact=True).check()
    expect(summary.get_by_role("listitem")).to_have_count(2)
    agenda.fill("Mine")
    expect(page.locator("#agenda-error")).to_have_count(0)
    expect(agenda).not_to_have_attribute("aria-invalid", "true")
    expect(summary.get_by_role("listitem")).to_have_text(["Choose a job."])
    agenda.fill("")
    job.focus()
    job.select_option("Backend Engineer")
    expect(agenda).to_have_value("Ships and sails")
    expect(summary).to_have_count(0)
    expect(job).to_be_focused()
    expect(page.get_by_text("Copied from your last interview for this job.")).to_be_visible()
    expect(page.locator("#agenda-counter")).to_have_text("1985 characters left")
    agenda.fill("Mine")
    job.select_option("Product Designer")
    expect(page.get_by_text("Copied from your last interview")).to_have_count(0)
    expect(agenda).to_have_value("Mine")
    expect(page).to_have_title(re.compile("^Schedule Interview .*: Setup"))

    # Who calls whom decides which number is asked for.
    page.get_by_label("Phone", exact=True).check()
    expect(page.get_by_label("Candidate's number")).to_have_value("+44 20 7946 0018")
    expect(page.get_by_label("Number to call")).to_be_hidden()
    page.get_by_label("The candidate calls us").check()
    expect(page.get_by_label("Candidate's number")).to_be_hidden()
    expect(page.get_by_label("Number to call")).to_have_value("")
    page.get_by_label("Number to call").fill("+49 30 901820")
    page.get_by_role("button", name="Continue").click()

    # The message about a date is under the date, moves nothing, and goes when the date is right.
    yesterday = datetime.now(UTC) - timedelta(days=2)
    page.get_by_label("Date", exact=True).fill(f"{yesterday:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("09:00")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#date-error")).to_contain_text("This date has passed.")
    expect(page.locator("#time-error")).to_have_count(0)
    assert top_of(page, "Date") == top_of(page, "Time")
    start = in_two_days_at_nine()
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    expect(page.locator("#date-error")).to_have_count(0)
    expect(page.locator(".error-summary")).to_have_count(0)
    for step in ("Attendees", "Details", "Preview"):
        page.get_by_role("button", name="Continue").click()
        expect(step_heading(page)).to_have_text(step)

    # The email is as tall as its words, on a narrow screen too.
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            # While the email is on its way, the frame has a document without anything in it.
            "() => { const inside = document.querySelector('iframe').contentDocument.documentElement;"
            " return inside?.querySelector('body *') && inside.scrollHeight <= inside.clientHeight + 1"
            " && inside.scrollHeight > 300; }"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Schedule Interview").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("Interview scheduled.")
