"""What each reader of an email about an interview is told, and others are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from messaging.facts import InterviewFacts, Reader
from messaging.letters import Letter
from models import ReaderRole, RevisionReason
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
from tests.messaging.letters_for_tests import (
    both_bodies,
    cancellation,
    corrected,
    invitation,
    of_the_team,
    reminder,
    rescheduled,
    taken_off,
)


@pytest.mark.parametrize(
    ("about", "to", "words"),
    [
        (ON_THE_PHONE, reader(), "Ben Okafor will call you at +1 (212) 555-0147"),
        (ON_THE_PHONE, of_the_team(KIRAN), "Ben Okafor will call Dina Park at +1 (212) 555-0147"),
        (
            ON_THE_PHONE,
            of_the_team(BEN, ReaderRole.HIRING_MANAGER),
            "You will call Dina Park at +1 (212) 555-0147",
        ),
        (CANDIDATE_CALLS, reader(), "Please call +41 44 668 18 00 ext. 12"),
        (
            CANDIDATE_CALLS,
            of_the_team(BEN, ReaderRole.HIRING_MANAGER),
            "Dina Park will call +41 44 668 18 00 ext. 12",
        ),
        (CANDIDATE_CALLS, reader(KIRAN, ReaderRole.ATTENDEE), "Dina Park will call +41 44 668 18 00 ext. 12"),
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
        "https://hiring.northwind.example/j/dina-token",
        "https://hiring.northwind.example/s/dina-token",
    ]


def test_only_the_candidates_copy_names_the_page_on_which_they_answer() -> None:
    own = "https://hiring.northwind.example/s/dina-token"
    letter = invitation()
    for content in (*both_bodies(letter), (letter.ics or b"").replace(b"\r\n ", b"").decode()):
        assert own in content
    for to in (of_the_team(BEN, ReaderRole.HIRING_MANAGER), reader(KIRAN, ReaderRole.ATTENDEE)):
        other = invitation(to=to)
        for content in (*both_bodies(other), (other.ics or b"").replace(b"\r\n ", b"").decode()):
            assert "/s/" not in content
    with pytest.raises(ValueError, match="candidate's alone"):
        Reader(KIRAN, ReaderRole.ATTENDEE, None, own_page_url=own)


def test_candidates_own_number_is_not_for_guests() -> None:
    guest = reader(KIRAN, ReaderRole.ATTENDEE)
    for letter in (invitation(ON_THE_PHONE, guest), reminder(ON_THE_PHONE, guest, 60)):
        unfolded = (letter.ics or b"").replace(b"\r\n ", b"").decode()
        for content in (*both_bodies(letter), unfolded):
            assert "555" not in content
            assert "tel:" not in content
        for body in both_bodies(letter):
            assert "Ben Okafor will call Dina Park." in body
            assert "To find out how to join the call, reply to this email." in body
    assert b"\r\nLOCATION:Phone\r\n" in (invitation(ON_THE_PHONE, guest).ics or b"")


def test_candidate_is_asked_whether_the_number_is_right() -> None:
    for body in both_bodies(invitation(ON_THE_PHONE)):
        assert "Is this the wrong number? Just reply to this email." in body
    for body in both_bodies(invitation(CANDIDATE_CALLS)):
        assert "wrong number" not in body


def test_only_the_team_is_led_to_the_interviews_page() -> None:
    page = "https://hiring.northwind.example/interviews/7"
    for make in (invitation, lambda about, to: reminder(about, to, 60)):
        letter = make(FACTS, of_the_team(BEN, ReaderRole.HIRING_MANAGER))
        assert f"Open the interview: notes and files\n{page}\n" in letter.text
        assert f'href="{page}"' in letter.html
        for other in (reader(), reader(KIRAN, ReaderRole.ATTENDEE)):
            letter = make(FACTS, other)
            assert "/interviews/" not in letter.text + letter.html + (letter.ics or b"").decode()
    ics = invitation(to=of_the_team(KIRAN)).ics or b""
    assert f"Open the interview: notes and files\\n{page}" in ics.replace(b"\r\n ", b"").decode()


def test_an_observer_is_not_promised_notes() -> None:
    observer = replace(of_the_team(KIRAN), sees_notes=False)
    for letter in (invitation(to=observer), reminder(FACTS, observer, 60)):
        for content in (*both_bodies(letter), (letter.ics or b"").decode()):
            assert "notes and files" not in content
        for body in both_bodies(letter):
            assert "Open the interview" in body


@pytest.mark.parametrize(
    ("make", "begins"),
    [
        (lambda to: invitation(to=to), "Interview"),
        (lambda to: reminder(FACTS, to, 60), "Reminder: Interview"),
        (lambda to: cancellation(to), "Cancelled: Interview"),
        (lambda to: taken_off(to), "You've been removed: Interview"),
        (lambda to: corrected(to, RevisionReason.LINK_CAME_LATE), "Link added: Interview"),
        (lambda to: corrected(to, RevisionReason.LINK_CHANGED), "New link: Interview"),
        (lambda to: corrected(to, RevisionReason.ADDRESS_CORRECTED), "Updated: Interview"),
    ],
)
def test_everyone_but_the_candidate_is_told_whose_interview_it_is(
    make: Callable[[Reader], Letter], begins: str
) -> None:
    guest = reader(replace(KIRAN, zone=None), ReaderRole.ATTENDEE)
    for to in (of_the_team(BEN, ReaderRole.HIRING_MANAGER), of_the_team(BEN), guest):
        letter = make(to)
        assert letter.subject == f"{begins} with Dina Park – Backend Engineer, Tue 24 Nov, 09:00 CET"
        assert "\nDina Park – Backend Engineer Interview\n" in letter.text
        assert "Dina Park – Backend Engineer Interview" in letter.html
        if letter.ics is not None:
            assert "\r\nSUMMARY:Dina Park – Backend Engineer Interview\r\n" in letter.ics.decode()
    own = make(reader())
    assert "Dina" not in own.subject
    assert "Dina Park –" not in own.text + own.html + (own.ics or b"").decode()


def test_the_earlier_time_comes_last_in_the_subject_of_a_moved_interview() -> None:
    assert rescheduled(of_the_team(BEN)).subject == (
        "Rescheduled: Interview with Dina Park – Backend Engineer, Tue 24 Nov, 09:00 CET "
        "(was Mon 23 Nov, 09:00 CET)"
    )


def test_subject_has_the_beginnings_of_a_long_name_and_job_and_the_whole_time() -> None:
    long = facts(candidate=replace(DINA, name="Maximiliana " * 10), job_title="Principal Engineer " * 10)
    subject = reminder(long, of_the_team(BEN), 60).subject
    assert subject.startswith("Reminder: Interview with Maximiliana ")
    assert " – Principal Engineer " in subject
    assert subject.endswith(", Tue 24 Nov, 09:00 CET")


def test_a_title_that_names_the_candidate_already_names_them_once() -> None:
    letter = invitation(facts(title="Second talk with dina park"), of_the_team(BEN))
    assert b"\r\nSUMMARY:Second talk with dina park\r\n" in (letter.ics or b"")


def test_each_reader_finds_themselves_in_the_list() -> None:
    for to, lines in (
        (reader(), ("- Dina Park (you)", "- Ben Okafor (hiring manager)", "- Kiran Rao\n")),
        (of_the_team(BEN, ReaderRole.HIRING_MANAGER), ("- Dina Park (candidate)", "- Ben Okafor (you)")),
        (of_the_team(KIRAN), ("- Dina Park (candidate)", "- Kiran Rao (you)")),
    ):
        text = invitation(to=to).text
        assert "Who you'll meet:" in text
        for line in lines:
            assert line in text


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (FACTS, "Video call on Zoom"),
        (PASTED, "Video call on Webex"),
        (facts(software_label="Other"), "Video call\n"),
        (replace(WAITING, link_state="none", software_label=None), "Video call\n"),
        (ON_THE_PHONE, "Phone call"),
        (AT_OUR_OFFICE, "In person"),
    ],
)
def test_emails_say_in_words_how_people_meet(about: InterviewFacts, words: str) -> None:
    assert f"How: {words}" in invitation(about).text


def test_everyone_but_the_scheduler_is_told_where_to_say_that_they_cannot_come() -> None:
    for to in (reader(), of_the_team(BEN, ReaderRole.HIRING_MANAGER), reader(KIRAN, ReaderRole.ATTENDEE)):
        letter = invitation(to=to)
        for body in both_bodies(letter):
            words = "Can't make it? Reply to Anna."
            if to.own_page_url:
                words = "Can't make it? Tell us on your interview page below, or reply to Anna."
            assert f"{words} Replies from your calendar don't reach us." in unescape(body)
        unfolded = (letter.ics or b"").replace(b"\r\n ", b"").decode()
        assert "Write to Anna Berg (anna@northwind.example). Replies from your calendar" in unfolded
    own = invitation(facts(hiring_manager=ANNA), of_the_team(ANNA, ReaderRole.HIRING_MANAGER))
    for content in (*both_bodies(own), (own.ics or b"").decode()):
        assert "reply" not in content.casefold()
        assert "Replies" not in content


def test_candidate_is_looked_forward_to_unless_the_organization_has_its_own_words() -> None:
    words = "We look forward to speaking with you."
    for body in both_bodies(invitation()):
        assert words in body
    for body in both_bodies(invitation(WITH_FILES)):
        assert words not in body
    for body in both_bodies(invitation(to=of_the_team(BEN, ReaderRole.HIRING_MANAGER))):
        assert words not in body


@pytest.mark.parametrize(
    ("reason", "subject", "words", "is_news"),
    [
        (
            RevisionReason.LINK_CAME_LATE,
            "Link added: Interview on Tue 24 Nov",
            "Here's the link for your interview. The date and time haven't changed.",
            False,
        ),
        (
            RevisionReason.LINK_CHANGED,
            "New link: Interview on Tue 24 Nov",
            "Your interview has a new link. The date and time haven't changed.",
            False,
        ),
        (
            RevisionReason.ADDRESS_CORRECTED,
            "Interview on Tue 24 Nov",
            "Please use the links in this email: those in earlier ones have stopped working.",
            True,
        ),
    ],
)
def test_a_corrected_invitation_says_what_has_changed(
    reason: RevisionReason, subject: str, words: str, is_news: bool
) -> None:
    letter = corrected(reader(), reason)
    assert letter.subject.startswith(subject)
    for body in both_bodies(letter):
        assert words in unescape(body)
        assert ("We'd like to invite you" in unescape(body)) is is_news


def test_others_hear_that_the_candidates_address_was_corrected() -> None:
    to = of_the_team(BEN, ReaderRole.HIRING_MANAGER)
    letter = corrected(to, RevisionReason.ADDRESS_CORRECTED)
    assert "We've corrected Dina Park's email address. The date and time haven't changed." in letter.text
    assert letter.subject == "Updated: Interview with Dina Park – Backend Engineer, Tue 24 Nov, 09:00 CET"


def test_internal_notes_are_for_no_one_outside_the_team() -> None:
    with pytest.raises(ValueError, match="never leave the team"):
        replace(reader(KIRAN, ReaderRole.ATTENDEE), internal_notes="Ask about the gap.")
    inside = replace(of_the_team(KIRAN), internal_notes="Ask about the gap.")
    assert "the gap" not in repr(inside)
    for letter, brings_them in ((reminder(FACTS, inside, 60), True), (invitation(to=inside), False)):
        assert ("the gap" in letter.text, "the gap" in letter.html) == (brings_them, brings_them)
