"""The lines above every page when an account or a provider needs attention."""

from collections.abc import Callable

import pytest
from flask import Flask

from accounts.settings import open_connecting
from extensions import db
from models import ConnectionState, User
from tests.factories import LENA, Team, consent, create_connection, create_team, schedule
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor
from tests.web.round_trips import come_back, leave
from timezones import utc_now

APPS = "/settings/account/connected-apps"


@pytest.fixture
def people(set_up: Flask, seeded: Seeded) -> Team:
    return seeded(set_up, create_team)


def notices(page: Page) -> list[Element]:
    """The banners of a page: what comes before the messages in its content."""
    main = page.tree.with_id("main")
    assert main is not None
    return [e for e in main.children if isinstance(e, Element) and "notice" in e.get("class").split()]


def test_person_who_has_to_reconnect_reads_how_many_interviews_depend_on_it(
    set_up: Flask, people: Team
) -> None:
    with in_rows(set_up):
        create_connection(
            people.ben.id,
            state=ConnectionState.RECONNECT_NEEDED,
            problem="Zoom ended it.",
            problem_since=utc_now(),
        )
    ben = Visitor(set_up).enter(people.ben)
    expected = (
        "No upcoming interviews use it.",
        "One upcoming interview uses it.",
        "2 upcoming interviews use it.",
    )
    for words in expected:
        [banner] = notices(ben.get("/jobs"))
        assert f"Your Zoom account needs to be reconnected. {words}" in banner.text
        assert [link["href"] for link in banner.all("a")] == [f"{APPS}#app-zoom"]
        with in_rows(set_up):
            schedule(people.ben, people.dina)
    # The card there says the same and more.
    assert notices(ben.get(APPS)) == []
    cleo = Visitor(set_up).enter(people.cleo)
    assert notices(cleo.get("/jobs")) == []


def test_refused_credentials_are_reported_to_those_who_can_change_them(set_up: Flask, people: Team) -> None:
    with in_rows(set_up):
        create_connection(
            people.ben.id, credentials_refused=True, trouble="It was refused.", trouble_since=utc_now()
        )
        create_connection(people.cleo.id, trouble="Zoom is away.", trouble_since=utc_now())
    ada = Visitor(set_up).enter(people.ada)
    for address in ("/jobs", APPS):
        banners = [b for b in notices(ada.get(address)) if "ZOOM_API_CLIENT_SECRET" in b.text]
        assert len(banners) == 1
        assert "Everyone's account stays connected" in banners[0].text
        [link] = banners[0].all("a")
        path, _, anchor = link["href"].partition("#")
        assert ada.get(path).tree.with_id(anchor) is not None
    ben = Visitor(set_up).enter(people.ben)
    assert notices(ben.get("/jobs")) == []


def test_person_who_may_not_reconnect_reads_whom_to_ask(set_up: Flask, people: Team) -> None:
    with in_rows(set_up):
        create_connection(
            people.ben.id,
            state=ConnectionState.RECONNECT_NEEDED,
            problem="Zoom ended it.",
            problem_since=utc_now(),
        )
        open_connecting(db.session.get_one(User, people.ada.id), False)
        db.session.commit()
    ben = Visitor(set_up).enter(people.ben)
    [banner] = notices(ben.get("/jobs"))
    assert "your role can't connect apps: ask Ada Berg." in banner.text
    assert "needs to be reconnected" not in banner.text
    assert ben.get(APPS).has_button("Ask Ada Berg")


def test_credentials_refused_at_connecting_are_reported_until_tokens_arrive_again(
    connected: Flask, simulators: Simulators
) -> None:
    with in_rows(connected):
        people = create_team()
    ada = Visitor(connected).enter(people.ada)
    simulators.zoom_switches(token_endpoint="invalid_client")
    come_back(ada, consent(leave(ada), LENA))
    [told] = refusals(ada.get("/jobs"))
    assert "no one can connect it, and within the hour no new Zoom meetings can be made" in told
    assert "Existing meetings and their links keep working." in told
    come_back(ada, consent(leave(ada), LENA))
    assert len(refusals(ada.get("/jobs"))) == 1
    ben = Visitor(connected).enter(people.ben)
    assert refusals(ben.get("/jobs")) == []
    simulators.zoom_switches(token_endpoint="")
    come_back(ben, consent(leave(ben), LENA))
    assert refusals(ada.get("/jobs")) == []


def refusals(page: Page) -> list[str]:
    return [b.text for b in notices(page) if "doesn't accept this server's credentials" in b.text]


def test_app_that_people_have_connected_and_the_server_has_lost_is_pointed_out(
    make_app: Callable[..., Flask], set_up: Flask, people: Team
) -> None:
    with in_rows(set_up):
        create_connection(people.ben.id)
    without = make_app()
    ada = Visitor(without).enter(people.ada)
    [told] = [b.text for b in notices(ada.get("/jobs")) if "is no longer set up on this server" in b.text]
    assert (
        "The person who runs this server has to correct ZOOM_API_CLIENT_ID and ZOOM_API_CLIENT_SECRET."
        in told
    )
    ben = Visitor(without).enter(people.ben)
    assert notices(ben.get("/jobs")) == []
