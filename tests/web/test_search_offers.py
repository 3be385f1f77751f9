"""What a search offers for words that are not in anyone's name: days, and how people meet."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from models import PhoneCaller
from scheduling.venues import PastedLink, PhoneCall
from tests.factories import Team, create_candidate, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

WEBEX = PastedLink("https://northlight.webex.example/meet/interviews", "Webex")
PHONE = PhoneCall("+49 30 901820", PhoneCaller.TEAM)


@pytest.fixture(autouse=True)
def _interviews(clock: Clock, web: Flask, team: Team) -> None:
    """Dina by Zoom in an hour, Omar by Webex a day later, and Pia by phone on that Friday. It is a Monday."""
    noon: datetime = clock.now
    with in_rows(web):
        omar, pia = (
            create_candidate(f"{name} Example", f"{name.lower()}@mail.example", team.job_id)
            for name in ("Omar", "Pia")
        )
        schedule(team.ada, team.dina, starts_at=noon + timedelta(hours=1))
        # Ten to midnight in Zurich, where the owner reads.
        schedule(team.ada, omar, starts_at=noon + timedelta(hours=34, minutes=50), venue=WEBEX)
        schedule(team.ada, pia, starts_at=noon + timedelta(days=4), venue=PHONE)


def follow(ada: Visitor, page: Page, words: str) -> list[str]:
    """Follow the offer with these words, and return the first names of the candidates it leads to."""
    [link] = page.tree.all("a", lambda e: e.text == words)
    return [name.split()[0] for name in ada.get(link["href"]).row_names]


@pytest.mark.parametrize(
    ("typed", "words", "names"),
    [
        ("zoom", "Interviews on Zoom", ["Dina"]),
        ("teams", "Interviews on Microsoft Teams", []),
        ("phone", "Phone interviews", ["Pia"]),
        ("today", "Interviews today", ["Dina"]),
        ("tomorrow", "Interviews tomorrow", ["Omar"]),
        ("friday", "Interviews on Fri 5 Feb", ["Pia"]),
        ("feb 5", "Interviews on Fri 5 Feb", ["Pia"]),
        ("pia friday", "Interviews on Fri 5 Feb for “pia”", ["Pia"]),
        ("pia tomorrow", "Interviews tomorrow for “pia”", []),
        ("yesterday", "Completed interviews yesterday", []),
    ],
)
def test_days_and_ways_to_meet_lead_to_the_filtered_list(
    ada: Visitor, typed: str, words: str, names: list[str]
) -> None:
    for path in (f"/search?q={typed}", f"/search/suggestions?q={typed}", f"/interviews?q={typed}"):
        page = ada.get(path, htmx="suggestions" in path)
        assert follow(ada, page, words) == names, path
        assert "Did you mean" not in page.words
        assert "Nothing found" not in page.words
    # Filters that were already chosen stay.
    [link] = ada.get(f"/interviews?q={typed}&view=cards").tree.all("a", lambda e: e.text == words)
    assert "view=cards" in link["href"]


def test_label_of_a_pasted_link_finds_its_interviews(ada: Visitor) -> None:
    for path in ("/interviews?q=webex", "/interviews?q=Omar+WebEx"):
        assert ada.get(path).row_names == ["Omar Example"]
    assert "Omar Example" in ada.get("/search?q=webex").words
    assert ada.get("/interviews?q=webex+dina").row_names == []


def test_names_are_searched_for_as_before(ada: Visitor) -> None:
    for typed in ("dina", "may", "12"):
        page = ada.get(f"/search?q={typed}")
        assert not page.tree.all("a", lambda e: e.text.startswith(("Interviews on", "Completed")))
