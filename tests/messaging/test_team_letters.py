"""What mails to people on the team say, in both the text and the HTML part."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest

from accounts.two_step import Change
from connections.catalogue import spec_of
from messaging.facts import Person
from messaging.letters import SUBJECT_LIMIT, Letter, TeamReader
from tasks.mails.kinds import (
    approval_given,
    ask_administrator,
    ask_to_connect,
    backup_failed,
    identity_linked,
    password_changed,
    password_reset,
    please_connect,
    team_invitation,
    two_step_changed,
)

AT = datetime(2027, 2, 1, 12, tzinfo=UTC)
LINK = "https://hiring.example/invitations/7-abcdefghijklmnopqrstuvwxyz_"
HOSTILE = 'Eve <script>alert(1)</script>\r\nBcc: all@evil.example\u202e"'


def reader(name: str = "Sofia Ortega", organization: str = "Northlight") -> TeamReader:
    return TeamReader(Person(name, "sofia@northlight.example", "Europe/Madrid"), organization)


def invitation(to: TeamReader, by: str = "Ada Berg") -> Letter:
    return team_invitation.letter(to, invited_by=by, role="Recruiter", link=LINK, expires_at=AT)


def asked_administrator(to: TeamReader, by: str = "Ben Frei", *, is_known: bool = True) -> Letter:
    return ask_administrator.letter(
        to,
        app=spec_of("outlook-calendar"),
        product="SmoothHiring",
        asking=Person(by, "ben@northlight.example"),
        link=LINK,
        is_known=is_known,
    )


COMPOSERS: dict[str, Callable[[TeamReader], Letter]] = {
    "invitation": invitation,
    "reset": lambda to: password_reset.letter(to, link=LINK, expires_at=AT),
    "changed": lambda to: password_changed.letter(to, changed_at=AT, is_owner=False, link=LINK),
    "linked": lambda to: identity_linked.letter(
        to, label="ID", account=to.person.name, linked_at=AT, is_owner=False, link=LINK
    ),
    "two_step": lambda to: two_step_changed.letter(
        to, change=Change.TURNED_ON, changed_at=AT, is_owner=False, link=LINK
    ),
    "request": lambda to: ask_to_connect.letter(
        to, asking=Person(to.person.name, "ben@northlight.example"), role="Interviewer", link=LINK
    ),
    "ask_administrator": lambda to: asked_administrator(to, to.person.name),
    "approval_given": lambda to: approval_given.letter(to, app=spec_of("outlook-calendar"), link=LINK),
    "backup_failed": lambda to: backup_failed.letter(to, why="[Errno 28] full", last=AT, link=LINK),
    "please_connect": lambda to: please_connect.letter(to, asking=to.person.name, app="Zoom", link=LINK),
}


def seen(html: str) -> str:
    """What someone reads in the HTML part."""
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


def test_invitation_says_who_invites_to_what_until_when_and_where() -> None:
    letter = invitation(reader())
    assert letter.subject == "Ada Berg has invited you to join Northlight"
    for part in (letter.text, seen(letter.html)):
        for fact in (
            "Hi Sofia",
            "Ada Berg",
            "Northlight",
            "Recruiter",
            "1 February 2027, 13:00 CET",
            LINK,
        ):
            assert fact in part
    assert letter.html.count(f'href="{LINK}"') == 2
    assert letter.ics is None


def test_reset_says_what_to_do_when_no_one_asked() -> None:
    letter = COMPOSERS["reset"](reader())
    assert letter.subject == "Choose a new password for Northlight"
    for part in (letter.text, seen(letter.html)):
        assert LINK in part
        assert "works once, until Monday, 1 February 2027, 13:00 CET" in part
        assert "If you didn't ask for this, you can ignore this email" in part


def test_notice_of_a_change_offers_the_way_back() -> None:
    letter = COMPOSERS["changed"](reader())
    for part in (letter.text, seen(letter.html)):
        assert "was changed on Monday, 1 February 2027, 13:00 CET" in part
        assert LINK in part


def test_every_change_to_two_step_verification_has_its_own_words_and_the_way_back() -> None:
    subjects = set()
    for change in Change:
        letter = two_step_changed.letter(reader(), change=change, changed_at=AT, is_owner=False, link=LINK)
        subjects.add(letter.subject)
        for part in (letter.text, seen(letter.html)):
            assert "On Monday, 1 February 2027, 13:00 CET, " in part
            assert "account with Northlight's hiring team." in part
            assert "If it wasn't, choose a new password right away and tell your team's owner" in part
            assert LINK in part
    assert len(subjects) == len(Change)


def test_request_says_who_asks_and_where_the_switch_is() -> None:
    letter = COMPOSERS["request"](reader("Ben Frei"))
    assert letter.subject == "Ben Frei would like to connect apps at Northlight"
    for part in (letter.text, seen(letter.html)):
        assert "Ben Frei (Interviewer)" in part
        assert LINK in part


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_hostile_names_stay_names(kind: str) -> None:
    letter = COMPOSERS[kind](reader(HOSTILE, HOSTILE * 20))
    assert "\r" not in letter.subject + letter.text
    assert "\n" not in letter.subject
    assert len(letter.subject) <= SUBJECT_LIMIT
    assert "\u202e" not in letter.subject + letter.text + letter.html
    assert "<script" not in letter.html
    assert not [line for line in letter.text.splitlines() if line.startswith("Bcc:")]


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_nothing_is_loaded_from_elsewhere(kind: str) -> None:
    html = COMPOSERS[kind](reader()).html
    assert not re.search(r"<(img|link|script|iframe)\b|url\(", html)


def test_template_language_in_a_name_is_only_text() -> None:
    letter = invitation(reader("{{7*7}}", "{% raw %}"), by="{{ link }}")
    assert "Hi {{7*7}}," in letter.text
    assert letter.subject == "{{ link }} has invited you to join {% raw %}"


def test_request_to_connect_says_who_asks_for_what_and_where() -> None:
    letter = COMPOSERS["please_connect"](reader())
    assert letter.subject == "Please connect Zoom for your interviews at Northlight"
    for part in (letter.text, seen(letter.html)):
        assert "asks you to connect your Zoom account at Northlight" in part
        assert LINK in letter.text


def test_administrator_reads_who_asks_for_which_permissions_and_how_to_take_them_back() -> None:
    letter = asked_administrator(reader("Owen Park"))
    assert letter.subject == "Ben Frei asks you to allow Outlook Calendar for SmoothHiring"
    for part in (letter.text, seen(letter.html)):
        for fact in (
            "Hi Owen",
            "Ben Frei (ben@northlight.example) schedules interviews for Northlight with SmoothHiring",
            "Calendars.ReadWrite",
            "User.Read",
            "These are delegated permissions",
            "Allowing it connects no account",
            "To take it back, delete the app",
            "you can ignore this email",
            LINK,
        ):
            assert fact in part, fact
    assert asked_administrator(reader("it"), is_known=False).text.startswith("Hello,")


def test_notice_of_an_approval_says_what_comes_next() -> None:
    letter = COMPOSERS["approval_given"](reader())
    assert letter.subject == "Outlook Calendar is allowed now: connect it at Northlight"
    for part in (letter.text, seen(letter.html)):
        assert "Your administrator has allowed Outlook Calendar at Microsoft. You can connect it now" in part
        assert LINK in part
