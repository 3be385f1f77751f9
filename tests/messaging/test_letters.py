"""What invitations and reminders say, and to whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from messaging.facts import InterviewFacts, LinkState, Person, Reader
from messaging.letters import Letter
from messaging.wording import period
from models import ReaderRole
from scheduling.mails.queue import INVITATION, REMINDER
from tasks.mails.previews import preview
from tests.messaging.facts_for_tests import (
    ANNA,
    AT_OUR_OFFICE,
    BEN,
    CANDIDATE_CALLS,
    DINA,
    FACTS,
    KIRAN,
    MADE_AT,
    ON_THE_PHONE,
    PASTED,
    SENDER,
    WAITING,
    WITH_FILES,
    facts,
    reader,
)
from tests.messaging.golden_files import assert_golden, assert_html_says_what_the_text_says


def invitation(about: InterviewFacts = FACTS, to: Reader | None = None) -> Letter:
    return preview(INVITATION, about, to or reader(), sender=SENDER, made_at=MADE_AT)


def reminder(about: InterviewFacts, to: Reader, minutes: int) -> Letter:
    return preview(REMINDER, about, to, sender=SENDER, made_at=MADE_AT, minutes_before=minutes)


def both_bodies(letter: Letter) -> tuple[str, str]:
    return letter.text, letter.html


LETTERS = {
    "invitation-candidate-new-york": invitation(),
    "invitation-hiring-manager-zurich": invitation(to=reader(BEN, ReaderRole.HIRING_MANAGER)),
    "invitation-without-link-attendee-kolkata": invitation(WAITING, reader(KIRAN, ReaderRole.ATTENDEE)),
    "invitation-changed-candidate-new-york": invitation(facts(revision=1)),
    "invitation-pasted-link-candidate-new-york": invitation(PASTED),
    "invitation-phone-candidate-new-york": invitation(ON_THE_PHONE),
    "invitation-phone-candidate-calls-hiring-manager-zurich": invitation(
        CANDIDATE_CALLS, reader(BEN, ReaderRole.HIRING_MANAGER)
    ),
    "invitation-in-person-candidate-new-york": invitation(AT_OUR_OFFICE),
    "invitation-own-words-and-files-candidate-new-york": invitation(WITH_FILES),
    "invitation-own-words-and-files-hiring-manager-zurich": invitation(
        WITH_FILES, replace(reader(BEN, ReaderRole.HIRING_MANAGER), is_of_the_team=True)
    ),
    "reminder-phone-attendee-kolkata": reminder(ON_THE_PHONE, reader(KIRAN, ReaderRole.ATTENDEE), 60),
    "reminder-in-person-candidate-new-york": reminder(AT_OUR_OFFICE, reader(), 24 * 60),
    "reminder-candidate-new-york": reminder(FACTS, reader(), 24 * 60),
    "reminder-without-link-hiring-manager-zurich": reminder(
        WAITING, reader(BEN, ReaderRole.HIRING_MANAGER), 60
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
    """The one with most in it; what others have instead of something is asserted where it is told."""
    assert_golden(
        "about-an-interview.html", LETTERS["invitation-own-words-and-files-hiring-manager-zurich"].html
    )


def test_the_subject_names_job_organization_and_the_readers_time() -> None:
    assert invitation().subject == "Interview: Backend Engineer at Northwind – Tue 24 Nov 2026, 03:00 EST"


@pytest.mark.parametrize(
    ("zone", "subject_end", "own", "planned"),
    [
        ("Europe/Berlin", "09:00 CET", "09:00–09:45 CET", None),
        ("Asia/Kolkata", "13:30 Kolkata time", "13:30–14:15 Kolkata time", "09:00–09:45 CET"),
        ("Pacific/Auckland", "21:00 NZDT", "21:00–21:45 NZDT", "09:00–09:45 CET"),
        (None, "09:00 CET", "09:00–09:45 CET (Europe/Zurich)", None),
    ],
)
def test_times_are_in_the_readers_zone_and_in_the_planned_one_if_it_differs(
    zone: str | None, subject_end: str, own: str, planned: str | None
) -> None:
    letter = invitation(to=reader(replace(DINA, zone=zone)))
    assert letter.subject.endswith(subject_end)
    assert own in letter.text
    for body in both_bodies(letter):
        if planned is None:
            assert "That is" not in body
        else:
            assert f"{planned} (Europe/Zurich)" in body


def test_an_interview_over_midnight_names_both_days() -> None:
    letter = invitation(facts(starts_at=datetime(2026, 11, 25, 4, 30, tzinfo=UTC)))
    assert "Tuesday, 24 November 2026, 23:30 EST – Wednesday, 25 November 2026, 00:15 EST" in letter.text


def test_an_interview_over_a_clock_change_names_both_zones() -> None:
    zurich = reader(replace(DINA, zone="Europe/Zurich"))
    letter = invitation(facts(starts_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)), zurich)
    assert "Sunday, 25 October 2026, 02:30 CEST – 02:15 CET" in letter.text


@pytest.mark.parametrize("letter", [invitation(), reminder(FACTS, reader(), 60)])
def test_the_providers_link_comes_first_and_the_readers_own_page_after_it(letter: Letter) -> None:
    escaped = letter.html.replace("&amp;", "&")
    for body in (letter.text, escaped):
        assert "Join Zoom Meeting" in body
        assert "Passcode: " in body
        assert "k7Pm2Q" in body
        page = body.index("https://hiring.northwind.example/j/dina-token")
        assert body.index("https://zoom.example/j/85512345678?pwd=abcDEF") < page
        assert body.index("If the button doesn't work, use this link") < page


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_without_a_link_every_body_says_that_it_follows(state: LinkState) -> None:
    about = replace(WAITING, link_state=state)
    follows = (
        "We'll send you the link to join in a separate email. You can also find it here once it's ready:"
    )
    # An hour before the start, a promise would leave people waiting at their desks.
    is_late = (
        "The link to join isn't ready yet. When the interview starts, open this page, which shows the link."
    )
    for letter, words in ((invitation(about), follows), (reminder(about, reader(), 60), is_late)):
        for body in both_bodies(letter):
            assert words in unescape(body)
            assert "/j/dina-token" in body
            assert "Join Zoom Meeting" not in body
            assert "Passcode" not in body


@pytest.mark.parametrize("about", [ON_THE_PHONE, CANDIDATE_CALLS, AT_OUR_OFFICE])
def test_an_interview_without_a_meeting_promises_no_link_and_names_no_software(about: InterviewFacts) -> None:
    for letter in (invitation(about), reminder(about, reader(), 60)):
        unfolded = (letter.ics or b"").replace(b"\r\n ", b"").decode()
        for body in (letter.text, letter.html.replace('class="link"', "").replace(".link", ""), unfolded):
            for word in ("link", "Join", "Passcode", "Zoom"):
                assert word not in body
        for body in both_bodies(letter):
            assert about.type_label in body
            assert "You can check the latest details here at any time:" in body
            assert "/j/dina-token" in body


@pytest.mark.parametrize(
    ("about", "to", "words"),
    [
        (ON_THE_PHONE, reader(), "We'll call you on +1 (212) 555-0147"),
        (ON_THE_PHONE, reader(KIRAN, ReaderRole.ATTENDEE), "We call Dina Park on +1 (212) 555-0147"),
        (CANDIDATE_CALLS, reader(), "Please call +41 44 668 18 00 ext. 12"),
        (CANDIDATE_CALLS, reader(BEN, ReaderRole.HIRING_MANAGER), "Dina Park calls +41 44 668 18 00 ext. 12"),
    ],
)
def test_each_reader_is_told_who_calls(about: InterviewFacts, to: Reader, words: str) -> None:
    for letter in (invitation(about, to), reminder(about, to, 60)):
        assert words in letter.text
        assert words in unescape(re.sub(r"<[^>]+>", "", letter.html))


def test_a_number_can_be_tapped_and_an_address_leads_to_no_map() -> None:
    assert 'href="tel:+12125550147"' in invitation(ON_THE_PHONE).html
    assert 'href="tel:+41446681800;ext=12"' in invitation(CANDIDATE_CALLS).html
    for body in both_bodies(invitation(AT_OUR_OFFICE)):
        assert "Seefeldstrasse 12" in body
        assert "Tram 4 to Feldeggstrasse." in body
    assert re.findall(r'href="([^"]*)"', invitation(AT_OUR_OFFICE).html) == [
        "https://hiring.northwind.example/j/dina-token"
    ]


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
    assert "If the button doesn't work, use this link" not in letter.text + letter.html
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


def test_a_pasted_link_that_is_no_web_address_cannot_be_clicked_on() -> None:
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
    assert letter.subject.startswith("Interview reminder: Backend Engineer at Northwind – Tue 24 Nov 2026")
    for body in both_bodies(letter):
        assert f"is {words}." in body


def test_what_was_written_to_the_candidate_is_headed_so_in_other_copies() -> None:
    assert f"A message from {ANNA.name}" in invitation().text
    assert "Anna Berg’s message to Dina Park" in invitation(to=reader(BEN, ReaderRole.HIRING_MANAGER)).text


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
