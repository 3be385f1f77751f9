"""Where an interview may be held, checked again when it is scheduled."""

import pytest
from flask import Flask

from extensions import db
from models import Interview, Meeting, MeetingSoftware, PhoneCaller
from scheduling.errors import SchedulingError
from scheduling.venues import OnlineMeeting, OnSite, PastedLink, PhoneCall, Venue, problems_of
from tests.factories import create_team, schedule
from tests.machines.rows import in_rows

WEBEX = "https://northlight.webex.example/meet/ada"

REFUSED: list[tuple[Venue, str, str]] = [
    (OnlineMeeting(MeetingSoftware.ZOOM, "elevenchars"), "password", "at most 10"),
    (PastedLink("", "Webex"), "link_url", "Paste the link"),
    (PastedLink("northlight.webex.example/meet/ada", "Webex"), "link_url", "starting with https://"),
    (PastedLink("javascript:alert(1)", "Webex"), "link_url", "starting with https://"),
    (PastedLink("https://", "Webex"), "link_url", "browser can't open this link"),
    (PastedLink("https://[::1", "Webex"), "link_url", "browser can't open this link"),
    (PastedLink("https://a.example:99999/", "Webex"), "link_url", "browser can't open this link"),
    (PastedLink("https://a.example/\\b", "Webex"), "link_url", "browser can't open this link"),
    (PastedLink("https://a.example/b\u200b", "Webex"), "link_url", "browser can't open this link"),
    (PastedLink("https://a.example/ b", "Webex"), "link_url", "browser can't open this link"),
    (PastedLink("https://ada:secret@a.example/", "Webex"), "link_url", "contains a user name"),
    (PastedLink("https://zoom.us@a.example/", "Webex"), "link_url", "contains a user name"),
    (PastedLink(f"https://a.example/{'x' * 2000}", "Webex"), "link_url", "At most 2000"),
    (PastedLink(WEBEX, ""), "link_label", "such as Webex"),
    (PastedLink(WEBEX, "x" * 61), "link_label", "At most 60"),
    (PhoneCall("", PhoneCaller.TEAM), "phone_number", "Enter the number"),
    (PhoneCall("call me", PhoneCaller.TEAM), "phone_number", "such as +44"),
    (OnSite("", ""), "address", "Enter the address"),
    (OnSite("x" * 301, ""), "address", "At most 300"),
    (OnSite("Seefeldstrasse 12", "x" * 1001), "directions", "At most 1000"),
]
TAKEN: list[Venue] = [
    OnlineMeeting(MeetingSoftware.ZOOM),
    PastedLink(WEBEX, "Webex"),
    PastedLink("HTTP://bücher.example:8080/raum?a=b#c", "Our video room"),
    PhoneCall("030 901820", PhoneCaller.CANDIDATE),
    OnSite("Seefeldstrasse 12\n8008 Zürich", ""),
]


@pytest.mark.parametrize(("venue", "field", "words"), REFUSED)
def test_what_cannot_be_used_is_explained_beside_its_field(venue: Venue, field: str, words: str) -> None:
    found = problems_of(venue)
    assert list(found) == [field]
    assert words in found[field]


def test_what_can_be_used_is_accepted() -> None:
    for venue in TAKEN:
        assert problems_of(venue) == {}


def test_last_click_checks_the_venue_again_and_leaves_nothing(sqlite_app: Flask) -> None:
    with in_rows(sqlite_app):
        team = create_team()
        for venue, field, _ in REFUSED:
            with pytest.raises(SchedulingError) as refused:
                schedule(team.ada, team.dina, venue=venue)
            db.session.rollback()
            assert refused.value.field == field
        assert db.session.scalar(db.select(db.func.count(Interview.id))) == 0
        for venue in TAKEN:
            schedule(team.ada, team.dina, venue=venue)
        labels = [m.called for m in db.session.scalars(db.select(Meeting).order_by(Meeting.id))]
    assert labels == ["Zoom", "Webex", "Our video room"]


def test_secrets_of_a_venue_are_not_shown_by_accident() -> None:
    assert "p4ss" not in repr(OnlineMeeting(MeetingSoftware.ZOOM, "p4ss"))
    assert "webex" not in repr(PastedLink(WEBEX, "Ours"))
