"""Who may see and do what: a row that someone may not see is not found, and an action that is not allowed is
refused."""

from collections.abc import Callable

import pytest
from flask import Flask

from extensions import db
from models import JobMember, Organization, User
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.world import LINK, NOTES, PASSCODE, PHONE, World, create_world, enter

WITH_ALL = ("owner", "admin", "recruiter")
SCHEDULERS = (*WITH_ALL, "own hiring manager")
TAKING_PART = ("own interviewer", "invited hiring manager")
SEERS = (*SCHEDULERS, *TAKING_PART, "observer")
OUTSIDERS = ("other hiring manager", "other interviewer")
SIGNED_OUT = ("anonymous", "deactivated")
CONNECTING_WHEN_OPEN = (*SCHEDULERS, *OUTSIDERS, *TAKING_PART)
EVERYONE = (*SEERS, *OUTSIDERS, *SIGNED_OUT)

# What the pages of the interview, its candidate and its job show, by kind.
SECRETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "contact": ("dina.kaur@mail.example", SCHEDULERS),
    "phone": (PHONE, SCHEDULERS),
    "link": (LINK.partition("?")[2], (*SCHEDULERS, *TAKING_PART)),
    "passcode": (PASSCODE, (*SCHEDULERS, *TAKING_PART)),
    "notes": (NOTES, (*SCHEDULERS, *TAKING_PART)),
    "candidate's file": ("cv.pdf", (*SCHEDULERS, *TAKING_PART)),
    "file of the invitation": ("plan.pdf", (*SCHEDULERS, *TAKING_PART)),
}


@pytest.fixture
def zoom_is_set_up(make_app: Callable[..., Flask]) -> Flask:
    return make_app({"ZOOM_API_CLIENT_ID": "an-id", "ZOOM_API_CLIENT_SECRET": "a-secret"})


@pytest.fixture
def world(zoom_is_set_up: Flask, seeded: Seeded) -> World:
    return seeded(zoom_is_set_up, create_world)


def answer(visitor: Visitor, method: str, address: str, *, htmx: bool = False) -> int:
    """The status, with 401 for being sent to the sign-in page."""
    headers = {"Referer": f"{visitor.base_url}/", **({"HX-Request": "true"} if htmx else {})}
    data = {"csrf_token": visitor.token()} if method == "POST" else None
    response = visitor.client.open(
        address, method=method, data=data, headers=headers, base_url=visitor.base_url
    )
    leads_to = response.headers.get("Location", "") + response.headers.get("HX-Redirect", "")
    return 401 if leads_to.startswith("/login") else response.status_code


def expected_for_row(who: str, allowed: tuple[str, ...], *, role_may: tuple[str, ...] = EVERYONE) -> int:
    """200 for those allowed, 401 for no one in particular, 403 by role, 404 for other people's rows."""
    if who in SIGNED_OUT:
        return 401
    if who in allowed:
        return 200
    return 404 if who in role_may else 403


def test_each_role_reads_exactly_what_is_theirs(zoom_is_set_up: Flask, world: World) -> None:
    for who in EVERYONE:
        visitor = enter(zoom_is_set_up, world, who)
        rows = [
            f"/jobs/{world.team.job_id}",
            f"/candidates/{world.team.dina.id}",
            f"/interviews/{world.interview_id}",
        ]
        for address in rows:
            assert answer(visitor, "GET", address) == expected_for_row(who, SEERS), f"{who}: {address}"
        file = f"/interviews/{world.interview_id}/attachments/{world.addresses['attachment_id']}"
        with_file = (*SCHEDULERS, *TAKING_PART)
        role_may = tuple(each for each in EVERYONE if each != "observer")
        assert answer(visitor, "GET", file) == expected_for_row(who, with_file, role_may=role_may), who
        poll = f"/interviews/{world.interview_id}/deliveries"
        assert answer(visitor, "GET", poll, htmx=True) == expected_for_row(who, SEERS)
        for address in ("/", "/jobs", "/candidates", "/interviews", "/settings/account/connected-apps"):
            assert answer(visitor, "GET", address) == (401 if who in SIGNED_OUT else 200), f"{who}: {address}"


def test_pages_hold_nothing_that_this_role_may_not_see(zoom_is_set_up: Flask, world: World) -> None:
    for who in EVERYONE:
        visitor = enter(zoom_is_set_up, world, who)
        interview = f"/interviews/{world.interview_id}"
        pages = {
            address: visitor.client.get(address, base_url=visitor.base_url, headers=headers).get_data(
                as_text=True
            )
            for address, headers in [
                ("/", {}),
                ("/jobs", {}),
                (f"/jobs/{world.team.job_id}", {}),
                ("/candidates", {}),
                (f"/candidates/{world.team.dina.id}", {}),
                ("/interviews", {}),
                (interview, {}),
                (f"{interview}/deliveries", {"HX-Request": "true"}),
            ]
        }
        for what, (marker, allowed) in SECRETS.items():
            shown_on = [address for address, html in pages.items() if marker in html]
            if who in allowed:
                assert shown_on, f"{who} has to see the {what} somewhere"
            else:
                assert not shown_on, f"{who} may not see the {what}"
        names = [address for address, html in pages.items() if "Dina Kaur" in html]
        assert bool(names) is (who in SEERS)
        assert all("Omar Haddad" not in html for html in pages.values()) is (
            who not in (*WITH_ALL, "observer", "other hiring manager")
        )


def test_each_role_does_exactly_what_is_theirs(zoom_is_set_up: Flask, world: World) -> None:
    dina, draft = f"/candidates/{world.team.dina.id}", f"/schedule/{world.draft_id}"
    managers = (*SCHEDULERS, "other hiring manager", "invited hiring manager")
    # Method, address, who it is for, and whose role includes it at least somewhere. A draft is its owner's
    # alone, whatever someone's role.
    doings: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
        ("GET", "/jobs/new", WITH_ALL, WITH_ALL),
        ("POST", "/jobs/new", WITH_ALL, WITH_ALL),
        ("GET", "/candidates/new", managers, managers),
        ("POST", "/candidates/new", managers, managers),
        ("POST", f"{dina}/applications", SCHEDULERS, managers),
        # For everyone who schedules for any job: the list has only their candidates.
        ("GET", "/interviews/new", managers, managers),
        ("GET", "/search/names?of=team&q=dina", managers, managers),
        ("GET", f"{dina}/schedule", SCHEDULERS, managers),
        ("POST", f"{dina}/schedule", SCHEDULERS, managers),
        ("POST", f"/interviews/{world.interview_id}/retry", SCHEDULERS, managers),
        ("POST", f"/interviews/{world.interview_id}/send-again", SCHEDULERS, managers),
        ("GET", draft, ("owner",), managers),
        ("GET", f"{draft}/setup", ("owner",), managers),
        ("POST", f"{draft}/setup", ("owner",), managers),
        ("GET", f"{draft}/date-time/look", ("owner",), managers),
        ("GET", f"{draft}/finalize", ("owner",), managers),
        ("POST", f"{draft}/finalize", ("owner",), managers),
    ]
    for who in EVERYONE:
        visitor = enter(zoom_is_set_up, world, who)
        for method, address, allowed, role_may in doings:
            status = answer(visitor, method, address)
            # A form that was read and found wanting, and a redirect to what was made, mean the same here.
            done = 200 if status in (303, 422) else status
            expected = expected_for_row(who, allowed, role_may=role_may)
            assert done == expected, f"{who}: {method} {address} answered {status}"


def test_connecting_is_for_owner_and_admin_until_it_is_opened(zoom_is_set_up: Flask, world: World) -> None:
    for is_open in (False, True):
        with in_rows(zoom_is_set_up):
            db.session.get_one(Organization, 1).connecting_is_open = is_open
            db.session.get_one(User, world.people["deactivated"].id).is_active = True
            db.session.commit()
        allowed = CONNECTING_WHEN_OPEN if is_open else WITH_ALL[:2]
        for who in EVERYONE:
            visitor = enter(zoom_is_set_up, world, who)
            status = answer(visitor, "POST", "/connect/zoom")
            assert status == (401 if who in SIGNED_OUT else 303 if who in allowed else 403), who
            if who not in SIGNED_OUT:
                page = visitor.get("/settings/account/connected-apps")
                assert page.has_button("Connect") is (who in allowed), who
                may_ask = who not in allowed and who != "observer"
                assert page.has_button("Ask Ada Berg") is may_ask, who


def test_administrators_are_asked_by_those_who_may_connect(make_app: Callable[..., Flask]) -> None:
    app = make_app({"MICROSOFT_CLIENT_ID": "an-id", "MICROSOFT_CLIENT_SECRET": "a-secret"})
    with in_rows(app):
        world = create_world()
    here = "/settings/account/connected-apps/outlook-calendar/administrator"
    for is_open in (False, True):
        with in_rows(app):
            db.session.get_one(Organization, 1).connecting_is_open = is_open
            db.session.get_one(User, world.people["deactivated"].id).is_active = True
            db.session.commit()
        allowed = CONNECTING_WHEN_OPEN if is_open else WITH_ALL[:2]
        for who in EVERYONE:
            visitor = enter(app, world, who)
            for address, done in ((here, 303), (f"{here}/email", 422)):
                status = answer(visitor, "POST", address)
                assert status == (401 if who in SIGNED_OUT else done if who in allowed else 403), who
            assert answer(visitor, "POST", f"{here}/forget") == (401 if who in SIGNED_OUT else 303)


@pytest.mark.parametrize("who", SIGNED_OUT)
def test_no_one_signed_out_does_anything(zoom_is_set_up: Flask, world: World, who: str) -> None:
    visitor = enter(zoom_is_set_up, world, who)
    for address in ("/jobs/new", "/logout", "/connect/zoom", f"/interviews/{world.interview_id}/retry"):
        assert answer(visitor, "POST", address) == 401


def test_member_of_a_jobs_team_has_it_as_their_own(zoom_is_set_up: Flask, world: World) -> None:
    with in_rows(zoom_is_set_up):
        db.session.add(JobMember(job_id=world.team.job_id, user_id=world.team.cleo.id))
        db.session.commit()
    cleo = enter(zoom_is_set_up, world, "other hiring manager")
    assert "dina.kaur@mail.example" in cleo.get(f"/candidates/{world.team.dina.id}").text
    cleo.get(f"/interviews/{world.interview_id}")


def test_titles_of_other_peoples_jobs_do_not_show_on_a_shared_candidate(
    zoom_is_set_up: Flask, world: World
) -> None:
    rita = enter(zoom_is_set_up, world, "recruiter")
    page = rita.get(f"/candidates/{world.other_candidate.id}")
    rita.submit(page, "Add to job", leads_to=page.address, job=world.team.job_id)
    cleo = enter(zoom_is_set_up, world, "other hiring manager")
    for address in ("/candidates", f"/candidates/{world.other_candidate.id}"):
        html = cleo.get(address).html
        assert "Product Designer" in html
        assert "Backend Engineer" not in html
