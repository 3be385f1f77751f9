"""What invitations and reminders say, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from messaging.facts import InterviewFacts, LinkState, Person, Reader
from messaging.letters import Letter
from messaging.wording import period
from models import ReaderRole
from scheduling.calendars.telling import CalendarTrouble
from tasks.mails.kinds import calendar_entry, calendar_file, slot_chosen, slot_request, slots_withdrawn
from tests.messaging.facts_for_tests import (
    ANNA,
    AT_OUR_OFFICE,
    BEN,
    CANDIDATE_CALLS,
    DINA,
    FACTS,
    KIRAN,
    ON_THE_PHONE,
    PASTED,
    WAITING,
    WITH_FILES,
    facts,
    reader,
)
from tests.messaging.golden_files import assert_golden, assert_html_says_what_the_text_says
from tests.messaging.letters_for_tests import (
    about_calendar,
    about_slots,
    both_bodies,
    cancellation,
    invitation,
    of_the_team,
    reminder,
    rescheduled,
    taken_off,
)

WITH_ENTRY = replace(of_the_team(BEN, ReaderRole.HIRING_MANAGER), calendar="Google Calendar")
LETTERS = {
    "invitation-candidate-new-york": invitation(),
    "invitation-hiring-manager-zurich": invitation(to=reader(BEN, ReaderRole.HIRING_MANAGER)),
    "invitation-without-link-attendee-kolkata": invitation(WAITING, reader(KIRAN, ReaderRole.ATTENDEE)),
    "invitation-changed-candidate-new-york": rescheduled(),
    "invitation-pasted-link-candidate-new-york": invitation(PASTED),
    "invitation-phone-candidate-new-york": invitation(ON_THE_PHONE),
    "invitation-phone-candidate-calls-hiring-manager-zurich": invitation(
        CANDIDATE_CALLS, reader(BEN, ReaderRole.HIRING_MANAGER)
    ),
    "invitation-in-person-candidate-new-york": invitation(AT_OUR_OFFICE),
    "invitation-own-words-and-files-candidate-new-york": invitation(WITH_FILES),
    "invitation-own-words-and-files-hiring-manager-zurich": invitation(
        WITH_FILES, of_the_team(BEN, ReaderRole.HIRING_MANAGER)
    ),
    "cancellation-candidate-new-york": cancellation(words="The role has been filled.\nThank you!"),
    "cancellation-hiring-manager-zurich": cancellation(of_the_team(BEN, ReaderRole.HIRING_MANAGER)),
    "invitation-with-entry-hiring-manager-zurich": invitation(to=WITH_ENTRY),
    "cancellation-with-entry-hiring-manager-zurich": cancellation(WITH_ENTRY),
    "taken-off-with-entry-hiring-manager-zurich": taken_off(WITH_ENTRY),
    "calendar-file-hiring-manager-zurich": about_calendar(
        calendar_file.KIND,
        CalendarTrouble(
            "The connection to Google Calendar has ended. Reconnect it in Settings → Connected Apps.",
            has_older=False,
        ),
    ),
    "calendar-file-older-entry-hiring-manager-zurich": about_calendar(
        calendar_file.KIND, CalendarTrouble("Google Calendar didn't answer in time.", has_older=True)
    ),
    "calendar-entry-hiring-manager-zurich": about_calendar(calendar_entry.KIND),
    "reminder-phone-attendee-kolkata": reminder(ON_THE_PHONE, reader(KIRAN, ReaderRole.ATTENDEE), 60),
    "reminder-in-person-candidate-new-york": reminder(AT_OUR_OFFICE, reader(), 24 * 60),
    "reminder-candidate-new-york": reminder(FACTS, reader(), 24 * 60),
    "reminder-without-link-hiring-manager-zurich": reminder(
        replace(WAITING, link_state="failed"), of_the_team(BEN, ReaderRole.HIRING_MANAGER), 60
    ),
    "reminder-without-link-candidate-new-york": reminder(WAITING, reader(), 60),
    "reminder-notes-and-files-hiring-manager-zurich": reminder(
        WITH_FILES,
        replace(of_the_team(BEN, ReaderRole.HIRING_MANAGER), internal_notes="Ask about 2019.\nBe kind."),
        60,
    ),
    "reminder-copy-for-scheduler-zurich": reminder(
        FACTS, replace(of_the_team(ANNA, ReaderRole.TEAM), join_page_url=None), 60
    ),
    "slot-request-candidate-new-york": about_slots(slot_request.KIND),
    "slot-request-own-words-new-times-candidate-new-york": about_slots(
        slot_request.KIND,
        "slots-2",
        replace(ON_THE_PHONE, intro=WITH_FILES.intro, closing=WITH_FILES.closing),
    ),
    "slot-request-nudge-in-person-candidate-new-york": about_slots(
        slot_request.KIND, "slots-1-nudge-1", AT_OUR_OFFICE
    ),
    "slot-request-candidate-calls-candidate-new-york": about_slots(slot_request.KIND, about=CANDIDATE_CALLS),
    "slot-chosen-waits-hiring-manager-zurich": about_slots(
        slot_chosen.KIND, to=of_the_team(BEN, ReaderRole.HIRING_MANAGER), is_accepted=True
    ),
    "slot-chosen-scheduled-scheduler-zurich": about_slots(
        slot_chosen.KIND, to=of_the_team(ANNA, ReaderRole.TEAM)
    ),
    "slots-withdrawn-candidate-new-york": about_slots(
        slots_withdrawn.KIND, said={"words": "The role has been filled.\nThank you!"}
    ),
}


@pytest.mark.parametrize("name", LETTERS)
def test_each_letter_reads_as_it_was_read_through(name: str) -> None:
    letter = LETTERS[name]
    assert_golden(f"{name}.txt", f"Subject: {letter.subject}\n\n{letter.text}")
    assert_html_says_what_the_text_says(letter)
    if letter.ics is not None:
        assert_golden(f"{name}.ics", letter.ics.decode().replace("\r\n", "\n"))


def test_the_layout_of_letters_about_interviews_is_as_it_was_last_looked_at() -> None:
    """Compare the fullest mail; what other mails have instead is asserted in their own tests."""
    assert_golden(
        "about-an-interview.html", LETTERS["invitation-own-words-and-files-hiring-manager-zurich"].html
    )


def test_person_who_has_it_as_an_entry_gets_no_calendar_file() -> None:
    for letter in (invitation(to=WITH_ENTRY), cancellation(WITH_ENTRY), taken_off(WITH_ENTRY)):
        assert letter.ics is None
        for body in both_bodies(letter):
            assert "invite.ics" not in body
            assert "your Google Calendar" in body


def test_taking_back_a_calendar_file_does_not_cancel_the_interview() -> None:
    letter = about_calendar(calendar_entry.KIND)
    assert letter.ics_method == "CANCEL"
    assert b"STATUS:CANCELLED" in (letter.ics or b"")
    for body in both_bodies(letter):
        assert "cancelled" not in body.lower()
        assert FACTS.join_url is not None
        assert FACTS.join_url in unescape(body)


def test_the_subject_names_job_organization_and_the_readers_time() -> None:
    assert invitation().subject == "Interview on Tue 24 Nov, 03:00 EST: Backend Engineer at Northwind"


@pytest.mark.parametrize(
    ("zone", "in_subject", "own", "is_told_twice"),
    [
        ("Europe/Berlin", "09:00 CET", "09:00–09:45 Berlin time (CET)", False),
        ("Asia/Kolkata", "13:30 Kolkata time", "13:30–14:15 Kolkata time (IST)", True),
        ("Pacific/Auckland", "21:00 NZDT", "21:00–21:45 Auckland time (NZDT)", True),
        ("America/Argentina/Buenos_Aires", "05:00 UTC−3", "05:00–05:45 Buenos Aires time (UTC−3)", True),
        ("UTC", "08:00 UTC", "08:00–08:45 UTC\n", True),
        (None, "09:00 CET", "09:00–09:45 Zurich time (CET)", False),
    ],
)
def test_times_are_in_the_readers_zone_and_in_the_planned_one_if_it_differs(
    zone: str | None, in_subject: str, own: str, is_told_twice: bool
) -> None:
    letter = invitation(to=reader(replace(DINA, zone=zone)))
    assert letter.subject.startswith(f"Interview on Tue 24 Nov, {in_subject}: ")
    assert own in letter.text
    for body in both_bodies(letter):
        assert ("In Zurich that's 09:00–09:45 (CET), the same day." in unescape(body)) is is_told_twice


@pytest.mark.parametrize(
    ("starts_at", "zone", "words"),
    [
        ("2026-11-24T00:30", "Asia/Tokyo", "In Tokyo that's 09:30–10:15 (JST), the next day."),
        ("2026-11-24T08:00", "UTC", "In UTC that's 08:00–08:45, the same day."),
        ("2026-11-24T20:00", "Asia/Dubai", "In Dubai that's 00:00–00:45 (UTC+4), the next day."),
        (
            "2026-11-24T14:45",
            "Asia/Tokyo",
            "In Tokyo that's Tuesday, 24 November 2026, 23:45 – Wednesday, 25 November 2026, 00:30 (JST).",
        ),
        ("2026-10-25T00:30", "Europe/Berlin", "In Berlin that's 02:30 CEST – 02:15 CET, the next day."),
        ("2026-11-24T06:00", "Pacific/Honolulu", "In Honolulu that's 20:00–20:45 (HST), the day before."),
    ],
)
def test_other_zone_is_told_in_one_short_sentence(starts_at: str, zone: str, words: str) -> None:
    """The reader is in New York; the interview was planned in `zone`."""
    letter = invitation(facts(starts_at=datetime.fromisoformat(f"{starts_at}+00:00"), zone=zone))
    for body in both_bodies(letter):
        assert words in unescape(body)


def test_an_interview_over_midnight_names_both_days() -> None:
    letter = invitation(facts(starts_at=datetime(2026, 11, 25, 4, 30, tzinfo=UTC)))
    both_days = "Tuesday, 24 November 2026, 23:30 – Wednesday, 25 November 2026, 00:15"
    assert f"{both_days} New York time (EST)" in letter.text


def test_an_interview_over_a_clock_change_names_both_zones() -> None:
    zurich = reader(replace(DINA, zone="Europe/Zurich"))
    letter = invitation(facts(starts_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)), zurich)
    assert "Sunday, 25 October 2026, 02:30 CEST – 02:15 CET, Zurich time\n" in letter.text


@pytest.mark.parametrize("letter", [invitation(), reminder(FACTS, reader(), 60)])
def test_the_providers_link_comes_first_and_the_readers_own_page_after_it(letter: Letter) -> None:
    escaped = letter.html.replace("&amp;", "&")
    for body in (letter.text, escaped):
        assert "Join Zoom Meeting" in body
        assert "Password: " in body
        assert "k7Pm2Q" in body
        page = body.index("https://hiring.northwind.example/j/dina-token")
        assert body.index("https://zoom.example/j/85512345678?pwd=abcDEF") < page
        assert body.index("Trouble joining? Use this link") < page


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_without_a_link_every_body_says_that_it_follows(state: LinkState) -> None:
    about = replace(WAITING, link_state=state)
    follows = (
        "We'll send you the link to join in a separate email. You can also find it here once it's ready:"
    )
    # An hour before the start, a promised link would leave people waiting at their desks.
    is_late = "The link to join isn't ready yet. Open this page when the interview starts:"
    for letter, words in ((invitation(about), follows), (reminder(about, reader(), 60), is_late)):
        for body in both_bodies(letter):
            assert words in unescape(body)
            assert "/j/dina-token" in body
            assert "Join Zoom Meeting" not in body
            assert "Password" not in body


@pytest.mark.parametrize("about", [ON_THE_PHONE, CANDIDATE_CALLS, AT_OUR_OFFICE])
def test_an_interview_without_a_meeting_promises_no_link_and_names_no_software(about: InterviewFacts) -> None:
    for letter in (invitation(about), reminder(about, reader(), 60)):
        unfolded = (letter.ics or b"").replace(b"\r\n ", b"").decode()
        html = letter.html.replace('class="link"', "").replace(".link", "")
        for body in (letter.text, html, unfolded):
            for word in ("link", "Join", "Password", "Zoom"):
                assert word not in body
        for body in both_bodies(letter):
            assert f"{about.type_label}{' call' if about.phone_number else ''}" in body
            assert "Always up to date here:" in body
            assert "/j/dina-token" in body


def test_each_copy_holds_no_other_readers_page() -> None:
    copies = {
        person.name: invitation(to=reader(person, role))
        for person, role in (
            (DINA, ReaderRole.CANDIDATE),
            (BEN, ReaderRole.HIRING_MANAGER),
            (KIRAN, ReaderRole.ATTENDEE),
        )
    }
    for name, letter in copies.items():
        assert letter.ics is not None
        unfolded = letter.ics.replace(b"\r\n ", b"").decode()
        for other in ("dina", "ben", "kiran"):
            is_own = name.casefold().startswith(other)
            for content in (*both_bodies(letter), unfolded):
                assert (f"{other}-token" in content) is is_own


def test_a_reader_without_a_page_gets_the_link_alone() -> None:
    letter = invitation(to=Reader(DINA, ReaderRole.CANDIDATE, None))
    assert letter.ics is not None
    assert "Trouble joining? Use this link" not in letter.text + letter.html
    assert b"\r\nURL" not in letter.ics


def test_a_person_in_two_parts_is_listed_once() -> None:
    letter = invitation(facts(attendees=(Person("Ben O.", "BEN@northwind.example"), KIRAN)))
    assert letter.text.count("- Ben") == 1


@pytest.mark.parametrize(
    ("software", "button"),
    [
        ("Zoom", "Join Zoom Meeting"),
        ("Google Meet", "Join Google Meet"),
        ("Microsoft Teams", "Join Microsoft Teams Meeting"),
        ("Webex", "Join Webex"),
        ("Our video room", "Join Our video room"),
        ("Other", "Join Meeting"),
    ],
)
def test_the_button_names_the_software(software: str, button: str) -> None:
    assert f">{button}</a>" in invitation(facts(software_label=software)).html


def test_a_pasted_link_that_is_not_a_web_address_cannot_be_clicked() -> None:
    letter = invitation(facts(join_url="javascript:alert(1)"))
    assert 'href="javascript' not in letter.html
    assert "javascript:alert(1)" in letter.html


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1440, "tomorrow at 03:00 EST"), (60, "today at 03:00 EST"), (15, "today at 03:00 EST")],
)
def test_a_reminder_names_the_moment_and_not_the_distance(minutes: int, words: str) -> None:
    letter = reminder(FACTS, reader(), minutes)
    assert letter.ics is None
    assert letter.subject.startswith("Reminder: Interview on Tue 24 Nov, ")
    for body in both_bodies(letter):
        assert f"is {words}." in body


def test_what_was_written_to_the_candidate_is_headed_so_in_other_copies() -> None:
    assert f"A message from {ANNA.name}" in invitation().text
    assert "Anna Berg's message to Dina Park" in invitation(to=reader(BEN, ReaderRole.HIRING_MANAGER)).text


def test_html_is_told_its_language_and_follows_dark_colors_without_fetching_anything() -> None:
    html = invitation().html
    assert '<html lang="en">' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert 'dir="auto">Dina Park</span>' in html
    for forbidden in ("<img", "<script", "<link", "@import", "url("):
        assert forbidden not in html


def test_the_same_facts_give_the_same_letter() -> None:
    assert invitation() == invitation()


def test_interview_during_which_clocks_change_names_both_clocks_and_the_place() -> None:
    begins = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert (
        period(begins, 45, "America/Chicago")
        == "Sunday, 1 November 2026, 01:30 CDT – 01:15 CST, Chicago time"
    )
