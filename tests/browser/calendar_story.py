"""What a person does with a connected calendar and the meeting software that comes with it, for the stories
about both calendars."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from extensions import db
from models import Interview, Mail, Task, TaskState
from tests.browser.steps import CANDIDATE, OWNER, in_two_days_at_nine, open_the_dialog, step_heading
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from timezones import utc_now

LENA = "lena.vogel@northlight.example"
AGENDA = "Introduction, experience discussion, Q&A"
SLOW = 15_000

LetUndoPass = Callable[[], None]


@dataclass(frozen=True)
class CalendarStory:
    """A calendar app as its pages name it, and the software whose meetings live in it.

    `allows`: the button of the provider's consent page. `joins`: the link on the provider's page of an event.
    `link_begins`: what the meetings' links begin with.
    """

    app: str
    provider: str
    url: str
    software: str
    value: str
    account: str
    allows: str
    joins: str
    link_begins: str

    @property
    def link_name(self) -> re.Pattern[str]:
        return re.compile(f"Join {self.software}")

    def connect(self, page: Page, base_url: str) -> None:
        page.goto(f"{base_url}/settings/account/connected-apps")
        card = page.locator(f"#app-{self.app}")
        card.get_by_role("button", name="Connect", exact=True).click()
        page.get_by_label(re.compile(re.escape(LENA))).check()
        page.get_by_role("button", name=self.allows).click()
        page.wait_for_url(f"**/settings/account/connected-apps?{self.provider}=connected")
        expect(card.locator(".badge")).to_have_text("Connected")
        expect(card.get_by_text(LENA).first).to_be_visible()

    def choose_software(self, page: Page, base_url: str) -> None:
        """Open the dialog, where the connected software is already chosen and asks for no password."""
        open_the_dialog(page, base_url)
        expect(page.get_by_label("Meeting Software")).to_have_value(self.value)
        expect(page.locator("#hosting .badge:visible")).to_have_text("Connected")
        expect(
            page.get_by_text(f"You're the hiring manager, so your {self.account} will host.")
        ).to_be_visible()
        expect(page.get_by_label("Password")).to_be_hidden()

    def schedule(self, page: Page) -> str:
        """Go through the steps of the open dialog to the interview's page; returns the link to join."""
        page.get_by_label("Agenda").fill(AGENDA)
        start = in_two_days_at_nine()
        for _ in range(5):
            here = step_heading(page).inner_text()
            if here == "Date & Time":
                page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
                page.get_by_label("Time", exact=True).fill("09:00")
            page.get_by_role("button", name="Continue").click()
            expect(step_heading(page)).not_to_have_text(here)
        page.get_by_role("button", name="Schedule Interview").click()
        made = f"{self.software} link created on Ana's account"
        expect(page.get_by_text(made).first).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("Invitation sent to 2 people").first).to_be_visible(timeout=SLOW)
        link = page.get_by_role("link", name=self.link_name).get_attribute("href")
        assert link is not None
        assert link.startswith(self.link_begins)
        return link

    def check_in_calendar(self, calendar: Page, link: str) -> str:
        """Look at the event on the provider's own pages; returns its hours."""
        event = self.look_into(calendar)
        expect(event).to_have_count(1)
        hours = event.locator(".hours").inner_text()
        event.locator(".title").click()
        expect(calendar.get_by_text(AGENDA).first).to_be_visible()
        expect(calendar.get_by_role("link", name=self.joins)).to_have_attribute("href", link)
        return hours

    def reschedule_and_cancel(
        self,
        page: Page,
        calendar: Page,
        simulators: Simulators,
        link: str,
        hours: str,
        let_undo_pass: LetUndoPass,
    ) -> None:
        """Move the interview, whose event moves and whose link stays, and cancel it: the event is gone."""
        interview = page.url
        page.get_by_role("link", name="Reschedule").click()
        page.get_by_label("Time", exact=True).fill("13:30")
        expect(page.locator(".from-to-new").first).to_contain_text("13:30")
        page.get_by_role("button", name="Reschedule").click()
        page.wait_for_url(interview)
        let_undo_pass()
        simulators.wait_for_mails(2, to=CANDIDATE)
        event = self.look_into(calendar)
        expect(event.locator(".hours")).not_to_have_text(hours, timeout=SLOW)
        expect(event).to_have_count(1)
        page.goto(interview)
        expect(page.get_by_role("link", name=self.link_name)).to_have_attribute("href", link)

        page.get_by_role("link", name="Cancel interview").click()
        page.get_by_role("button", name="Cancel interview").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        let_undo_pass()
        simulators.wait_for_mails(3, to=CANDIDATE)
        expect(calendar.locator("#coming").get_by_text("Nothing is planned.")).to_be_visible(timeout=SLOW)

    def look_into(self, calendar: Page) -> Locator:
        """Check the calendar's page, which keeps itself up to date, and the interview's event on it."""
        calendar.goto(f"{self.url}/calendars/{LENA}")
        return calendar.locator("#coming .entry", has_text="Dina Kaur")

    def run(
        self,
        page: Page,
        simulators: Simulators,
        let_undo_pass: LetUndoPass,
    ) -> None:
        """From the open dialog to the end: scheduled, in the calendar, moved, and gone."""
        link = self.schedule(page)
        check_invitations(simulators, link)
        calendar = page.context.new_page()
        hours = self.check_in_calendar(calendar, link)
        self.reschedule_and_cancel(page, calendar, simulators, link, hours, let_undo_pass)


def check_invitations(simulators: Simulators, link: str) -> None:
    """The candidate has the link and a calendar file. Ana has the event, and so no file."""
    [invitation] = simulators.wait_for_mails(1, to=CANDIDATE)
    text = invitation.message.get_body(("plain",))
    assert text is not None
    assert link in text.get_content()
    assert "text/calendar" in {part.get_content_type() for part in invitation.message.walk()}
    [copy] = [mail for mail in simulators.mails(OWNER) if mail.message["Subject"].startswith("Interview")]
    assert "text/calendar" not in {part.get_content_type() for part in copy.message.walk()}


def undo_passes(lend_app: LendApp, database_url: str, instance_path: Path) -> LetUndoPass:
    """Return a function that makes the seconds in which a change can be undone pass."""

    def let_it_pass() -> None:
        with in_rows(lend_app(settings_for(database_url, instance_path))):
            now = utc_now()
            db.session.execute(db.update(Interview).values(undo_until=None))
            waiting = Task.run_at.between(now, now + timedelta(minutes=1))
            db.session.execute(
                db.update(Task).where(Task.state == TaskState.READY, waiting).values(run_at=now)
            )
            due = Mail.due_at.between(now, now + timedelta(minutes=1))
            db.session.execute(db.update(Mail).where(due).values(due_at=now))
            db.session.commit()

    return let_it_pass
