"""Rules that hold for every route, however many there will be."""

import io
import sqlite3
from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from extensions import db
from tests.machines.apps import Seeded
from tests.machines.counts import Counts
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.world import World, all_addresses, create_world, enter, everything_stored
from web.access import ACCESS, POLLS, Public
from web.assets import theme_script_hash

# The one GET that writes: providers send people back by GET.
WRITING_GETS = frozenset({"connected_apps.callback"})
# Requests of programs are counted, and refused if there are too many.
COUNTED_GETS = frozenset({"api.interviews", "api.interview"})
ROLES = (
    "anonymous",
    "owner",
    "admin",
    "recruiter",
    "own hiring manager",
    "own interviewer",
    "observer",
)


@pytest.fixture
def world(web: Flask, seeded: Seeded) -> World:
    return seeded(web, create_world)


def test_every_route_says_who_may_reach_it_and_nothing_else_is_said(web: Flask) -> None:
    assert {rule.endpoint for rule in web.url_map.iter_rules()} == set(ACCESS)


def test_route_without_a_permission_is_open_to_no_one(new_app: Flask, seeded: Seeded) -> None:
    new_app.add_url_rule("/undeclared", "undeclared", lambda: "reached")
    world = seeded(new_app, create_world)
    for who in ("anonymous", "owner"):
        enter(new_app, world, who).get("/undeclared", status=403)


def test_addresses_are_lower_case_words_with_hyphens(web: Flask) -> None:
    for rule in web.url_map.iter_rules():
        # A file is called what such files are called.
        fixed = [
            part.removesuffix(".yaml") for part in rule.rule.split("/") if part and not part.startswith("<")
        ]
        assert all(part.replace("-", "").isalnum() and part == part.lower() for part in fixed), rule.rule


@pytest.mark.slow
def test_reading_changes_nothing(web: Flask, world: World, counts: Counts) -> None:
    with closing(sqlite3.connect(make_url(web.config["DATABASE_URL"]).database or "")) as onlooker:

        def version() -> object:
            """A number that changes when anyone else has written; only then is it worth reading
            everything."""
            return onlooker.execute("PRAGMA data_version").fetchone()

        # The owner is let in everywhere.
        for who in ROLES if counts.is_full else ("anonymous", "owner"):
            seen = version()
            visitor = enter(web, world, who)
            assert (version() != seen) is (who != "anonymous"), "beginning a session is noticed"
            with in_rows(web):
                before = everything_stored()
            seen = version()
            for endpoint, address in all_addresses(web, world, "GET"):
                if endpoint in WRITING_GETS | COUNTED_GETS:
                    continue
                for headers in ({}, {"HX-Request": "true"}):
                    answer = visitor.client.get(address, base_url=visitor.base_url, headers=headers)
                    answer.close()
                    assert answer.status_code < 500, address
                    if version() != seen:
                        with in_rows(web):
                            assert everything_stored() == before, f"GET {address} changed something"
                        seen = version()


# What the server answers differently each time.
CHANGING_HEADERS = frozenset({"X-Request-Id", "Set-Cookie", "Date", "Content-Length"})


def test_asking_for_the_head_answers_like_reading_without_the_body(web: Flask, world: World) -> None:
    """A HEAD has no form token, so it must never do what a form does."""
    wrong = []
    for who in ("anonymous", "owner"):
        visitor = enter(web, world, who)
        for endpoint, address in all_addresses(web, world, "GET"):
            if endpoint in WRITING_GETS:
                # There, a HEAD would spend what the provider sent; it is refused instead.
                assert visitor.client.head(address, base_url=visitor.base_url).status_code in (302, 404, 405)
                continue
            if endpoint in COUNTED_GETS:
                continue
            answers = []
            for ask in (visitor.client.get, visitor.client.head):
                answer = ask(address, base_url=visitor.base_url)
                kept = {name: text for name, text in answer.headers if name not in CHANGING_HEADERS}
                answers.append((answer.status_code, kept))
                answer.close()
            if answers[0] != answers[1]:
                wrong.append(f"{who} {address}: {answers[0][0]}, HEAD {answers[1][0]}")
    assert wrong == []


def test_every_form_without_its_token_is_refused(web: Flask, world: World) -> None:
    for who in ("anonymous", "owner"):
        visitor = enter(web, world, who)
        visitor.get("/healthz", status=200)
        with in_rows(web):
            before = everything_stored()
        tried = 0
        for endpoint, address in all_addresses(web, world, "POST"):
            if endpoint == "webhooks.receive":
                # No form leads there: a signature replaces the token.
                continue
            for data in ({}, {"csrf_token": "made-up"}):
                page = visitor.post(address, data, status=400, with_token=False)
                assert page.heading == "Please send it again"
                piece = visitor.post(address, data, status=419, htmx=True, with_token=False)
                assert piece.headers["HX-Retarget"] == "#messages"
                assert "Please send it again" in piece.html
                tried += 1
        assert tried >= 20
        with in_rows(web):
            assert everything_stored() == before


def test_every_answer_carries_the_protecting_headers(web: Flask, world: World) -> None:
    for who in ("anonymous", "owner"):
        visitor = enter(web, world, who)
        for endpoint, address in [*all_addresses(web, world, "GET"), ("nowhere", "/nowhere")]:
            response = visitor.client.get(address, base_url=visitor.base_url)
            headers = response.headers
            policy = dict(
                part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
            )
            assert policy["default-src"] == "'none'"
            assert policy["base-uri"] == "'none'"
            if "sandbox" not in policy:
                assert policy["script-src"] == f"'self' '{theme_script_hash()}'"
                assert policy["style-src"] == "'self'"
                assert policy["frame-ancestors"] == "'none'"
                assert policy["form-action"].startswith("'self'")
                assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == (
                "no-referrer" if endpoint.startswith("join.") else "same-origin"
            )
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert ("no-store" in headers.get("Cache-Control", "")) is (endpoint != "static"), address
            response.close()


def test_every_page_of_the_owner_is_well_made(web: Flask, world: World) -> None:
    visitor = enter(web, world, "owner")
    seen = 0
    for endpoint, address in all_addresses(web, world, "GET"):
        answer = visitor.client.get(address, base_url=visitor.base_url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            # What only a page asks for is a piece of it.
            page = visitor.get(address, htmx=endpoint in POLLS)
            assert page.checked.problems == (), endpoint
            seen += 1
        answer.close()
    assert seen >= 11


@pytest.mark.both_databases
def test_rows_that_cannot_exist_are_not_found(app: Flask) -> None:
    with in_rows(app):
        world = create_world()
    visitor = enter(app, world, "owner")
    for address in (
        "/jobs/{}",
        "/candidates/{}",
        "/candidates/{}/schedule",
        "/interviews/{}",
        "/interviews/{}/deliveries",
        "/j/{}.candidate.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/invitations/{}.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/password-reset/{}.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/schedule/{}",
        f"/schedule/{world.draft_id}/letters/{{}}",
        f"/interviews/{world.interview_id}/emails/{{}}",
        f"/interviews/{world.interview_id}/emails/{{}}/letter",
    ):
        for number in ("0", "999", "2147483648", "999999999999", "9" * 30, "%00", "-1", "1e3"):
            there = address.format(number)
            answer = visitor.client.get(there, base_url=visitor.base_url)
            assert answer.status_code == 404, f"{there} answered {answer.status_code}"


def test_public_routes_say_what_protects_them_instead() -> None:
    assert all(rule.reason for rule in ACCESS.values() if isinstance(rule, Public))


def test_unknown_page_and_wrong_method_say_so_in_words(web: Flask, world: World) -> None:
    assert enter(web, world, "owner").get("/no/such/page", status=404).heading == "Page not found"
    assert Visitor(web).post("/jobs", status=405).heading == "That didn't work"


def test_error_page_keeps_the_navigation_of_those_who_are_signed_in(web: Flask, world: World) -> None:
    interviewer = enter(web, world, "own interviewer")
    pages = [
        interviewer.get("/no/such/page", status=404),
        interviewer.get(f"/interviews/{world.interview_id + 1}", status=404),
        interviewer.get("/settings/team", status=403),
        interviewer.post("/jobs", status=405),
        interviewer.post("/settings/account/password", status=400, with_token=False),
        enter(web, world, "owner").post("/jobs/new", {"title": "x" * (3 * 1024 * 1024)}, status=413),
    ]
    for page in pages:
        assert page.tree.all("nav", lambda e: e.get("aria-label") == "Main"), page.status
        [way_on] = page.tree.all("a", lambda e: e.text == "Go to Dashboard")
        assert way_on["href"] == "/"
    stranger = Visitor(web).get("/no/such/page", status=404)
    assert not stranger.tree.all("nav")
    assert "Go to Dashboard" not in stranger.text


def test_refused_form_of_someone_signed_in_does_not_wait_for_the_writers(web: Flask, world: World) -> None:
    visitor = enter(web, world, "owner")
    with in_rows(web):
        # As a long command would, this holds the one place for writers.
        db.session.execute(db.text("UPDATE organizations SET name = name"))
        page = visitor.post("/jobs/new", status=400, with_token=False)
        db.session.rollback()
    assert page.tree.all("nav", lambda e: e.get("aria-label") == "Main")


def test_form_that_is_too_large_is_refused(web: Flask, world: World) -> None:
    visitor = enter(web, world, "owner")
    visitor.post("/jobs/new", {"title": "x" * (3 * 1024 * 1024)}, status=413)
    with in_rows(web):
        assert db.session.scalar(db.text("SELECT count(*) FROM jobs")) == 2


@pytest.mark.parametrize("has_length", [True, False])
def test_stranger_may_send_only_short_forms(web: Flask, world: World, has_length: bool) -> None:
    """It is refused before the form is parsed, on every route and whether or not it states its length."""
    stranger, signed_in = Visitor(web), enter(web, world, "owner")
    for size, refused in ((60_000, False), (70_000, True)):
        body = "&".join(f"k{number:05d}=" for number in range(size // 8)).encode()
        for endpoint, address in all_addresses(web, world, "POST"):
            if endpoint == "webhooks.receive":
                continue
            told = {"content_length": len(body)} if has_length else {}
            answer = stranger.client.post(
                address,
                base_url=stranger.base_url,
                input_stream=io.BytesIO(body),
                content_type="application/x-www-form-urlencoded",
                environ_overrides={"wsgi.input_terminated": True},
                **told,
            )
            assert (answer.status_code == 413) is refused, f"{address} answered {answer.status_code}"
            answer.close()
    signed_in.post("/jobs/new", {"title": "x" * 70_000}, status=422)
