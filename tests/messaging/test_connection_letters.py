"""What mails about connected apps say, in both the text and the HTML part."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from connections.catalogue import spec_of
from messaging.facts import Person
from messaging.letters import SUBJECT_LIMIT, Letter, TeamReader
from models import Application, Candidate, Interview, Mail, ReaderRole
from scheduling.mails.queue import INVITATION
from tasks.mails.kinds import address_refused, app_connected, credentials_refused, reconnect_needed
from tasks.mails.kinds.reconnect_needed import EndedConnection, InterviewAtRisk
from tests.messaging.golden_files import assert_golden, assert_html_says_what_the_text_says

AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
APPS = "https://hiring.northlight.example/settings/account/connected-apps"
LENA = "lena.vogel@northlight.example"


def reader(name: str = "Ben Frei", zone: str = "Europe/Zurich") -> TeamReader:
    return TeamReader(Person(name, "reader@northlight.example", zone), "Northlight")


def interview(number: int, *, has_meeting: bool) -> InterviewAtRisk:
    starts_at = AT + timedelta(days=number, hours=2)
    return InterviewAtRisk(f"Backend Engineer Interview {number}", "Dina Kaur", starts_at, has_meeting)


def ended(*, whose: str | None = None, at_risk: tuple[InterviewAtRisk, ...] = ()) -> EndedConnection:
    problem = (
        "Zoom no longer accepts this connection: "
        "it was removed in Zoom, or went too long without being renewed."
    )
    return EndedConnection(spec_of("zoom"), whose, problem, AT, at_risk)


def reconnect(
    what: EndedConnection, to: TeamReader | None = None, *, is_first: bool = True, is_last: bool = False
) -> Letter:
    return reconnect_needed.letter(to or reader(), what, is_first=is_first, is_last=is_last, link=APPS)


TWO = (interview(1, has_meeting=True), interview(2, has_meeting=False))


def refused(role: ReaderRole) -> Letter:
    words = f"The mail server refused the email to {LENA}: “550 5.1.1 no such mailbox”"
    row = Mail(kind=INVITATION, occasion="r0", role=role, name="Lena Vogel", address=LENA, words=words)
    title = "Backend Engineer Interview"
    whose = Application(
        candidate=Candidate(name="Lena Vogel" if role is ReaderRole.CANDIDATE else "Dina Kaur")
    )
    starts_at = AT + timedelta(days=1)
    about = Interview(title=title, application=whose, starts_at=starts_at, timezone="Europe/Zurich")
    return address_refused.letter(reader(), about, row, link="https://hiring.northlight.example/interviews/7")


LETTERS = {
    "address-refused-candidate": lambda: refused(ReaderRole.CANDIDATE),
    "address-refused-guest": lambda: refused(ReaderRole.ATTENDEE),
    "app-connected": lambda: app_connected.letter(
        reader(), app=spec_of("zoom"), account=LENA, connected_at=AT, is_owner=False, link=APPS
    ),
    "reconnect-needed": lambda: reconnect(ended(at_risk=TWO)),
    "reconnect-needed-last-to-owner": lambda: reconnect(
        ended(whose="Ben Frei"), reader("Ada Berg", "America/New_York"), is_first=False, is_last=True
    ),
    "credentials-refused": lambda: credentials_refused.letter(
        reader("Ada Berg"),
        apps=[spec_of("zoom")],
        since=AT,
        link=APPS,
    ),
}


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_letter_reads_as_when_someone_last_read_it_through(name: str) -> None:
    letter = LETTERS[name]()
    assert_golden(f"{name}.txt", f"Subject: {letter.subject}\n\n{letter.text}")
    assert_html_says_what_the_text_says(letter)


def test_the_layout_of_letters_to_the_team_is_as_it_was_last_looked_at() -> None:
    assert_golden("to-the-team.html", LETTERS["reconnect-needed"]().html)


@pytest.mark.parametrize(
    ("at_risk", "is_first", "subject"),
    [
        ((), True, "Reconnect Zoom"),
        (TWO[:1], True, "Reconnect Zoom (1 upcoming interview depends on it)"),
        (TWO, False, "Reminder: Reconnect Zoom (2 upcoming interviews depend on it)"),
    ],
)
def test_subject_says_what_to_do_and_what_is_at_stake(
    at_risk: tuple[InterviewAtRisk, ...], is_first: bool, subject: str
) -> None:
    assert reconnect(ended(at_risk=at_risk), is_first=is_first).subject == subject


def test_long_list_is_cut_and_says_so() -> None:
    letter = reconnect(ended(at_risk=tuple(interview(day, has_meeting=True) for day in range(11))))
    assert "(11 upcoming interviews depend on it)" in letter.subject
    for part in (letter.text, letter.html):
        assert "Backend Engineer Interview 7" in part
        assert "Backend Engineer Interview 8" not in part
        assert "and 3 more" in part


def test_account_without_an_address_is_left_out() -> None:
    letter = app_connected.letter(
        reader(), app=spec_of("zoom"), account="", connected_at=AT, is_owner=False, link=APPS
    )
    assert "08:05 CET.\n" in letter.text
    assert ", as" not in letter.text


def test_owner_is_not_told_to_tell_the_owner() -> None:
    for is_owner in (True, False):
        letter = app_connected.letter(
            reader(), app=spec_of("zoom"), account=LENA, connected_at=AT, is_owner=is_owner, link=APPS
        )
        for part in (letter.text, letter.html):
            assert "change your password" in part
            assert ("tell your team" in part) is not is_owner


def test_hostile_names_stay_names() -> None:
    hostile = 'Eve <script>alert(1)</script>\r\nBcc: all@evil.example\u202e"' * 10
    at_risk = (InterviewAtRisk(hostile, hostile, AT, False),)
    for letter in (
        reconnect(EndedConnection(spec_of("zoom"), hostile, hostile, AT, at_risk), reader(hostile)),
        app_connected.letter(
            reader(hostile), app=spec_of("zoom"), account=hostile, connected_at=AT, is_owner=True, link=APPS
        ),
    ):
        assert not set("\r\n\u202e") & set(letter.subject)
        assert len(letter.subject) <= SUBJECT_LIMIT
        assert "\u202e" not in letter.text + letter.html
        assert "<script" not in letter.html
        assert not [line for line in letter.text.splitlines() if line.startswith("Bcc:")]


@pytest.mark.parametrize(
    ("at_risk", "words"),
    [((), "1 that your role can't see"), (TWO, "and 1 more that your role can't see")],
)
def test_interviews_that_the_reader_may_not_see_are_counted(
    at_risk: tuple[InterviewAtRisk, ...], words: str
) -> None:
    letter = reconnect(replace(ended(at_risk=at_risk), unseen=1))
    assert f"- {words}" in letter.text
    assert f">\n{words}\n<" in unescape(letter.html)
    assert "No upcoming interview" not in letter.text + letter.html
    assert f"{len(at_risk) + 1} upcoming interview" in letter.subject
