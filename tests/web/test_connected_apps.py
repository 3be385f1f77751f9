"""Connected Apps: what each card says in each of its states, to whom, and that no secret appears anywhere."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from connections.catalogue import in_words, spec_of, specs
from connections.rows import mark_unreadable, note_trouble
from extensions import db
from models import (
    Connection,
    Interview,
    InterviewStatus,
    Job,
    MeetingSoftware,
    MeetingState,
    Organization,
    Role,
)
from providers.zoom.scopes import OPTIONAL, REQUIRED
from services import services
from tests.accounts.mails import do_background_work
from tests.factories import (
    LENA,
    ZOOM,
    Team,
    connect_zoom,
    consent,
    create_candidate,
    create_team,
    create_user,
    in_three_days,
    schedule,
)
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor
from tests.web.round_trips import APPS, CALLBACK, card_of, come_back, leave, stored
from timezones import utc_now

MARCO = "marco.bianchi@northlight.example"
TOM = "tom.adeyemi@northlight.example"
CHLOE = "chloe.martin@northlight.example"


@pytest.fixture
def ada(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ada)


@pytest.fixture
def ben(connected: Flask, people: Team) -> Visitor:
    return Visitor(connected).enter(people.ben)


def card(page: Page) -> Element:
    found = page.tree.with_id("app-zoom")
    assert found is not None
    return found


def badge(page: Page) -> str:
    return " ".join(e.text for e in card(page).all("span") if "badge" in e.get("class").split())


def has_disconnect(page: Page) -> bool:
    return any(link.text == "Disconnect" for link in card(page).all("a"))


def fact(page: Page, label: str) -> list[str]:
    """What follows a label in the details: the entries of a list, or one text."""
    [name] = [dt for dt in card(page).all("dt") if dt.text == label]
    assert name.parent is not None
    [value] = name.parent.all("dd")
    return [entry.text for entry in value.all("li")] or [value.text]


def set_opening(app: Flask, is_open: bool) -> None:
    with in_rows(app):
        db.session.get_one(Organization, 1).connecting_is_open = is_open
        db.session.commit()


def test_sections_are_in_order_and_later_apps_say_so(ada: Visitor) -> None:
    page = ada.get(APPS)
    titles = [h.text for h in page.tree.all("h2") if "section-title" in h.get("class")]
    assert titles == ["Video & e-sign", "Google", "Microsoft"]
    names = [h.text.removesuffix(" Coming later").removesuffix(" Not set up") for h in page.tree.all("h3")]
    assert names[:3] == ["Zoom", "Google Calendar", "Gmail"]
    assert page.has_button("Connect")
    for spec in specs():
        assert ("Coming later" in card_of(page, spec.key)) is not spec.is_available
        if not spec.is_available:
            ada.post(f"/connect/{spec.key}", status=404)
    ada.post("/connect/fax", status=404)


def test_connected_card_tells_everything_about_the_account(
    connected: Flask, clock: Clock, simulators: Simulators, people: Team
) -> None:
    ben = Visitor(connected).enter(people.ben)
    come_back(ben, consent(leave(ben), LENA))
    with in_rows(connected):
        schedule(people.ada, people.dina)
    do_background_work(connected)
    with in_rows(connected):
        later = create_candidate("Emil Roth", "emil@mail.example", people.job_id)
        schedule(people.ada, later, starts_at=in_three_days() + timedelta(days=1))
    page = ben.get(APPS)
    assert badge(page) == "Connected"
    assert not page.has_button("Connect")
    assert has_disconnect(page)
    assert f"{LENA} since Mon 1 Feb, 13:00 CET" in card(page).text
    assert fact(page, "Plan") == ["Licensed"]
    [used_for] = fact(page, "Used for")
    assert used_for.endswith("2 upcoming, 1 with a meeting here.")
    # An hour, less the second in it and five minutes, after it was connected.
    assert fact(page, "Renews") == ["Automatically, next Mon 1 Feb, 13:54 CET"]
    assert {permission.scope for permission in spec_of(ZOOM).permissions} <= set(fact(page, "Scopes"))
    assert {permission.allows.capitalize() for permission in spec_of(ZOOM).permissions} <= set(
        fact(page, "Permissions")
    )


def test_plan_and_permissions_are_in_words_for_every_kind_of_account(
    connected: Flask, simulators: Simulators, ada: Visitor
) -> None:
    come_back(ada, consent(leave(ada), MARCO))
    assert fact(ada.get(APPS), "Plan") == ["Basic: Zoom ends meetings after 40 minutes"]
    ada.post("/disconnect/zoom", status=303)
    come_back(ada, consent(leave(ada), CHLOE))
    assert fact(ada.get(APPS), "Permissions") == [
        "See your profile",
        "Read and list your meetings",
        "Create, change and delete meetings",
    ]


def test_every_scope_that_is_asked_for_has_words() -> None:
    assert {permission.scope for permission in spec_of(ZOOM).permissions} == set(REQUIRED)
    classic = {scope for scopes in (*REQUIRED.values(), *OPTIONAL.values()) for scope in scopes}
    for scope in (*REQUIRED, *OPTIONAL, *classic):
        assert in_words(ZOOM, [scope]), scope
        assert in_words(ZOOM, [f"{scope}:admin"]) == in_words(ZOOM, [scope])
    assert in_words(ZOOM, ["something:new"]) == []


def test_temporary_trouble_is_on_the_card_and_leaves_it_connected(
    connected: Flask, simulators: Simulators, people: Team, ada: Visitor
) -> None:
    with in_rows(connected):
        row = db.session.get_one(Connection, connect_zoom(people.ada, simulators))
        note_trouble(row, "Zoom didn't answer in time. Tried again within the hour.")
        db.session.commit()
    page = ada.get(APPS)
    assert badge(page) == "Connected"
    assert "Zoom didn't answer in time. Tried again within the hour. Since" in card(page).text
    assert not page.has_button("Reconnect")


def test_card_that_needs_reconnecting_says_why_since_when_and_what_is_at_risk(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        connect_zoom(people.ben, simulators)
        at_risk = schedule(people.ada, people.dina)
        # Someone else's interviews and those by telephone are not at risk.
        schedule(people.cleo, create_candidate("Emil Roth", "emil@mail.example", people.other_job_id))
        schedule(people.ada, people.dina, software=None)
    do_background_work(connected)
    simulators.revoke(LENA)
    with in_rows(connected):
        waiting = schedule(people.ada, people.dina, starts_at=in_three_days() + timedelta(days=1))
    do_background_work(connected)
    page = ben.get(APPS)
    assert badge(page) == "Reconnect needed"
    assert page.has_button("Reconnect")
    assert has_disconnect(page)
    text = card(page).text
    assert "Zoom no longer accepts this connection" in text
    assert "Until you reconnect, we can't create, change or cancel meetings on this account." in text
    links = {a["href"]: a.parent.text for a in card(page).all("a") if a.parent and a.text != "Disconnect"}
    assert list(links) == [f"/interviews/{at_risk}", f"/interviews/{waiting}"]
    assert "with Dina Kaur" in links[f"/interviews/{at_risk}"]
    assert "Its link works, but its meeting can't be changed from here." in links[f"/interviews/{at_risk}"]
    assert "No meeting yet." in links[f"/interviews/{waiting}"]
    # Reconnecting settles it.
    come_back(ben, consent(leave(ben, "Reconnect"), LENA))
    do_background_work(connected)
    page = ben.get(APPS)
    assert badge(page) == "Connected"
    assert "2 upcoming." in card(page).text


def test_only_interviews_that_still_need_this_account_count(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        row_id = connect_zoom(people.ben, simulators)
        ids = [schedule(people.ada, people.dina) for _ in range(6)]
        interviews = [db.session.get_one(Interview, number) for number in ids]
        cancelled, over, elsewhere, unwanted, moved, counted = interviews
        meetings = {each.id: each.meeting for each in interviews if each.meeting is not None}
        cancelled.status = InterviewStatus.CANCELLED
        over.starts_at = utc_now() - timedelta(minutes=1)
        meetings[elsewhere.id].software = MeetingSoftware.GOOGLE_MEET
        meetings[unwanted.id].is_wanted = False
        # Made already, on someone else's account.
        meetings[moved.id].state, meetings[moved.id].join_url = MeetingState.READY, "https://zoom.example/j/1"
        counted_id = counted.id
        mark_unreadable(db.session.get_one(Connection, row_id), "The key is gone.")
        db.session.commit()
    shown = [a["href"] for a in card(ben.get(APPS)).all("a") if a.text != "Disconnect"]
    assert shown == [f"/interviews/{counted_id}"]


def test_interview_that_its_host_may_no_longer_see_is_only_counted(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        row_id = connect_zoom(people.ben, simulators)
        interview_id = schedule(people.ada, people.dina)
        # Another hiring manager took over the job, and this interview with it; its meeting is made already.
        db.session.get_one(Job, people.job_id).hiring_manager_id = people.cleo.id
        interview = db.session.get_one(Interview, interview_id)
        interview.hiring_manager_id = people.cleo.id
        assert interview.meeting is not None
        interview.meeting.join_url, interview.meeting.connection_id = "https://zoom.example/j/1", row_id
        interview.meeting.state = MeetingState.READY
        mark_unreadable(db.session.get_one(Connection, row_id), "The key is gone.")
        db.session.commit()
    text = card_of(ben.get(APPS))
    assert "1 interview you no longer have access to." in text
    assert "Dina Kaur" not in text


def test_people_who_may_no_longer_connect_can_still_disconnect(
    connected: Flask, simulators: Simulators, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        row_id = connect_zoom(people.ben, simulators)
    set_opening(connected, False)
    page = ben.get(APPS)
    assert badge(page) == "Connected"
    assert has_disconnect(page)
    with in_rows(connected):
        mark_unreadable(db.session.get_one(Connection, row_id), "The key is gone.")
        db.session.commit()
    page = ben.get(APPS)
    assert badge(page) == "Reconnect needed"
    assert "The key is gone." in card(page).text
    assert page.has_button("Ask Ada Berg")
    assert not page.has_button("Reconnect")
    assert has_disconnect(page)
    ben.submit(ben.get(f"{APPS}/zoom/disconnect"), "Disconnect", leads_to=APPS)
    page = ben.get(APPS)
    assert page.has_button("Ask Ada Berg")
    assert not has_disconnect(page)


def test_card_tells_people_who_may_not_connect_what_they_can_do(
    connected: Flask, people: Team, ben: Visitor
) -> None:
    with in_rows(connected):
        olaf = create_user("Olaf Berg", Role.OBSERVER)
    set_opening(connected, False)
    page = ben.get(APPS)
    assert "Ada Berg can allow it for everyone who schedules or hosts." in card(page).text
    assert page.has_button("Ask Ada Berg")
    page = Visitor(connected).enter(olaf).get(APPS)
    assert "Your role doesn't hold interviews, so there's nothing to connect." in card(page).text
    assert not page.has_button("Ask Ada Berg")


def test_card_of_an_app_that_is_not_set_up_says_what_to_do(web: Flask) -> None:
    with in_rows(web):
        team = create_team()
    ada = Visitor(web).enter(team.ada)
    page = ada.get(APPS)
    assert badge(page) == "Not set up"
    assert not page.has_button("Connect")
    copied = [button["data-copy"] for button in card(page).all("button") if "data-copy" in button.attributes]
    scopes = [permission.scope for permission in spec_of(ZOOM).permissions]
    assert copied == [
        f"http://localhost{CALLBACK}",
        *scopes,
        "ZOOM_API_CLIENT_ID",
        "ZOOM_API_CLIENT_SECRET",
    ]
    assert all(value in card(page).text for value in copied)
    ada.post("/connect/zoom", status=404)
    # Others could not do anything with this.
    ben = Visitor(web).enter(team.ben)
    text = card_of(ben.get(APPS))
    assert "Zoom hasn't been set up on this server yet" in text
    assert "Ada Berg can see the steps here." in text
    assert "ZOOM_API_CLIENT_ID" not in text


def test_app_that_is_no_longer_set_up_can_still_be_disconnected(
    connected: Flask, make_app: Callable[..., Flask], simulators: Simulators, people: Team
) -> None:
    with in_rows(connected):
        connect_zoom(people.ada, simulators)
        interview_id = schedule(people.ada, people.dina)
    without = make_app()
    ada = Visitor(without).enter(people.ada)
    page = ada.get(APPS)
    assert badge(page) == "Not set up"
    assert has_disconnect(page)
    assert LENA in card(page).text
    assert "Zoom is no longer set up on this server. The connection itself is fine" in card(page).text
    assert "Before anyone can connect" not in card(page).text
    assert "Add these scopes" in card(page).text
    assert [a["href"] for a in card(page).all("a") if a["href"] == f"/interviews/{interview_id}"]
    ada.submit(ada.get(f"{APPS}/zoom/disconnect"), "Disconnect", leads_to=APPS)
    assert stored(without)[0].ciphertext == ""


def test_connected_apps_are_reached_from_every_page(ada: Visitor) -> None:
    for address in ("/", "/jobs", "/candidates", "/interviews", APPS):
        [menu] = [m for m in ada.get(address).tree.all() if m.get("id") == "settings-menu"]
        assert "Account" in menu.text
        [link] = [a for a in menu.all("a") if a.text == "Connected Apps"]
        assert link["href"] == APPS


def test_tokens_are_nowhere_in_plain_text(
    connected: Flask,
    simulators: Simulators,
    people: Team,
    ada: Visitor,
    caplog: pytest.LogCaptureFixture,
    instance_path: Path,
) -> None:
    """Everything that happens to a grant, from its first answer to its end, and everywhere it could have left
    a trace."""
    caplog.set_level(logging.DEBUG)
    vault = services(connected).connections.vault
    secrets = {str(connected.config["ZOOM_API_CLIENT_SECRET"])}
    shown = ""

    def learn_tokens() -> None:
        for row in stored(connected):
            seal = f"connection:{row.user_id}:zoom:{row.account_id}"
            secrets.update(filter(None, vault.open(row.ciphertext, belongs_to=seal).values()))

    def go_through(answer: dict[str, str]) -> None:
        nonlocal shown
        secrets.update(answer[name] for name in ("code", "state") if name in answer)
        back = come_back(ada, answer)
        shown += back.html + ada.follow(back).html
        learn_tokens()

    # Answers that are refused, by us and by the provider, and one that connects.
    go_through(consent(leave(ada), None))
    go_through(consent(leave(ada), TOM))
    simulators.zoom_switches(token_endpoint="invalid_client")
    go_through(consent(leave(ada), LENA))
    simulators.zoom_switches(token_endpoint="")
    answer = consent(leave(ada), LENA)
    go_through(answer)
    go_through(answer)
    with in_rows(connected):
        schedule(people.ada, people.dina)
    # The meeting's first try makes a new pair necessary; then the account is disconnected, and given back.
    simulators.zoom_switches(reject_next_tokens=1)
    do_background_work(connected)
    assert simulators.ledger()["meetings"]
    shown += ada.get("/interviews/1").html + ada.get("/settings/system-log").html
    learn_tokens()
    shown += ada.get(f"{APPS}/zoom/disconnect").html
    ada.post("/disconnect/zoom", status=303)
    files = [path for path in instance_path.parent.rglob("*") if path.is_file()]
    assert any(path.name.endswith("sqlite3-wal") for path in files)
    kept = b"".join(path.read_bytes() for path in files)
    do_background_work(connected)
    kept += b"".join(path.read_bytes() for path in files)
    shown += ada.get(APPS).html
    mails = "".join(mail.message.as_string() for mail in simulators.mails())
    assert "Zoom" in mails

    # Three codes, four states, two pairs of tokens, and the app's own secret.
    assert len(secrets) >= 12
    # What the simulated Zoom makes is recognized even where it is none of the above.
    for secret in (*secrets, "ZAC-CANARY", "ZAT-CANARY", "ZRT-CANARY", "ZAK-CANARY"):
        assert secret.encode() not in kept, secret
        for place in (shown, caplog.text, mails):
            assert secret not in place, secret
