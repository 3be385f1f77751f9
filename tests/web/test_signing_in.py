"""Signing in and out: a session is a row, and its cookie is worth what the row says."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from extensions import db
from instance_folder import DemoMarker, write_demo_marker
from models import User, UserSession
from tests.factories import PASSWORD, Team, create_team
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn

WORDS = "That email and password don't match."


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.client.get("/jobs", base_url=visitor.base_url).status_code == 200


def test_wrong_password_and_unknown_person_get_the_same_words(web: Flask, team: Team) -> None:
    visitor = Visitor(web)
    answers = []
    for email, password in [(team.ada.email, "not the password"), ("nobody@northlight.example", PASSWORD)]:
        page = visitor.submit(visitor.get("/login"), "Sign in", status=422, email=email, password=password)
        assert page.error_at("password") == WORDS
        assert page.value_of("Sign in", "email") == email
        assert page.value_of("Sign in", "password") == ""
        answers.append(page.text.replace(email, "…"))
    assert answers[0] == answers[1]
    assert not is_signed_in(visitor)


def test_address_may_be_typed_with_capitals_and_spaces(web: Flask, team: Team) -> None:
    Visitor(web).sign_in(f"  {team.ada.email.upper()} ", PASSWORD)


def test_nothing_typed_is_refused_beside_each_field(web: Flask, team: Team) -> None:
    visitor = Visitor(web)
    page = visitor.submit(visitor.get("/login"), "Sign in", status=422, email="", password="")
    assert page.error_at("email") == "Enter your email address."
    assert page.error_at("password") == "Enter your password."
    assert page.title.startswith("Error: ")


def test_cookie_from_before_signing_out_opens_nothing_after(web: Flask, ada: Visitor) -> None:
    kept = ada.session_cookie()
    ada.submit(ada.get("/"), "Sign out", leads_to="/login")
    thief = Visitor(web)
    thief.plant_cookie(kept)
    assert not is_signed_in(thief)
    page = thief.get("/login")
    assert page.heading == "Sign in"


def test_cookie_planted_before_signing_in_is_worth_nothing_after(web: Flask, team: Team) -> None:
    attacker, victim = Visitor(web), Visitor(web)
    attacker.get("/login")
    planted = attacker.session_cookie()
    victim.plant_cookie(planted)
    victim.sign_in(team.ada.email, PASSWORD)
    assert victim.session_cookie() != planted
    assert is_signed_in(victim)
    attacker.plant_cookie(planted)
    assert not is_signed_in(attacker)


def test_form_token_changes_with_the_sign_in(web: Flask, team: Team) -> None:
    visitor = Visitor(web)
    before = visitor.token()
    visitor.sign_in(team.ada.email, PASSWORD)
    visitor.post("/logout", {"csrf_token": before}, status=400)
    assert is_signed_in(visitor)


def test_deactivated_person_is_out_with_the_next_click(web: Flask, team: Team, ben: Visitor) -> None:
    assert is_signed_in(ben)
    with in_rows(web):
        db.session.get_one(User, team.ben.id).is_active = False
        db.session.commit()
    ben.get("/jobs", leads_to="/login?next=/jobs")
    visitor = Visitor(web)
    page = visitor.submit(
        visitor.get("/login"), "Sign in", status=422, email=team.ben.email, password=PASSWORD
    )
    assert page.error_at("password") == WORDS


def test_session_ends_after_a_working_day_without_a_click(clock: Clock, team: Team, sign_in: SignIn) -> None:
    visitor = sign_in(team.ada)
    clock.move(timedelta(hours=7, minutes=59))
    assert is_signed_in(visitor)
    clock.move(timedelta(hours=7, minutes=59))
    assert is_signed_in(visitor)
    clock.move(timedelta(hours=8, minutes=1))
    assert not is_signed_in(visitor)
    assert "Your session has ended" in visitor.get("/login").messages


def test_session_ends_after_two_weeks_however_busy(clock: Clock, team: Team, sign_in: SignIn) -> None:
    visitor = sign_in(team.ada)
    for _ in range(42):
        clock.move(timedelta(hours=7, minutes=59))
        assert is_signed_in(visitor)
    clock.move(timedelta(hours=7))
    assert not is_signed_in(visitor)


def test_last_seen_is_written_rarely(clock: Clock, web: Flask, team: Team, sign_in: SignIn) -> None:
    visitor = sign_in(team.ada)

    def last_seen() -> object:
        with in_rows(web):
            return db.session.scalar(db.select(UserSession.last_seen_at))

    first = last_seen()
    clock.move(timedelta(minutes=4))
    visitor.get("/jobs")
    assert last_seen() == first
    clock.move(timedelta(minutes=2))
    visitor.get("/jobs")
    assert last_seen() == clock.now


def test_reader_comes_back_to_what_they_wanted_to_read(web: Flask, team: Team) -> None:
    visitor = Visitor(web)
    there = visitor.get("/interviews?status=completed", leads_to="/login?next=/interviews?status%3Dcompleted")
    page = visitor.follow(there)
    visitor.submit(
        page, "Sign in", leads_to="/interviews?status=completed", email=team.ada.email, password=PASSWORD
    )


def test_form_sent_after_the_session_ended_does_not_become_a_reading(web: Flask, team: Team) -> None:
    Visitor(web).post("/candidates/1/notes", {"text": "x"}, leads_to="/login")
    # If the form itself can be opened, the reader returns to it.
    Visitor(web).post("/jobs/new", {"title": "x"}, leads_to="/login?next=/jobs/new")


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page(web: Flask, team: Team) -> None:
    page = Visitor(web).get("/jobs", htmx=True, status=200)
    assert page.headers["HX-Redirect"] == "/login"
    assert page.html == ""


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "evil.example",
    "/\x00/evil.example",
    "",
]


def test_no_one_is_sent_elsewhere_after_signing_in(web: Flask, team: Team) -> None:
    for target in ELSEWHERE:
        visitor = Visitor(web)
        visitor.post("/login", {"email": team.ada.email, "password": PASSWORD, "next": target}, leads_to="/")
        other = Visitor(web)
        page = other.client.get("/login", query_string={"next": target}, base_url=other.base_url)
        assert "evil.example" not in page.get_data(as_text=True)


def test_signed_in_person_does_not_sign_in_again(ada: Visitor) -> None:
    ada.get("/login", leads_to="/")


def test_demo_sign_in_exists_in_the_demo_only(web: Flask, team: Team) -> None:
    Visitor(web).post(f"/login/demo/{team.ada.id}", status=404)


def test_one_click_in_the_demo_leads_on_to_what_an_email_linked(
    make_app: MakeApp, instance_path: Path
) -> None:
    write_demo_marker(instance_path, DemoMarker("http://127.0.0.1:1", {"Zoom": "http://127.0.0.1:2"}))
    app = make_app({"APP_NAME": "Demo with links"})
    with in_rows(app):
        create_team()
    for wanted, leads_to in (("/calendar", "/calendar"), ("//evil.example", "/"), ("", "/")):
        visitor = Visitor(app)
        page = visitor.get(f"/login?next={wanted}")
        visitor.submit(page, "AB Sign in as Ada Berg, Owner", leads_to=leads_to)


@pytest.mark.parametrize(
    ("base_url", "name", "is_secure"),
    [("http://localhost", "session", False), ("https://hire.northlight.example", "__Host-session", True)],
)
def test_cookie_is_as_strict_as_the_address_allows(
    make_app: Callable[..., Flask], base_url: str, name: str, is_secure: bool
) -> None:
    app = make_app({"BASE_URL": base_url})
    with in_rows(app):
        team = create_team()
    visitor = Visitor(app)
    page = visitor.get("/login")
    answer = visitor.submit(page, "Sign in", status=303, email=team.ada.email, password=PASSWORD)
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(f"{name}=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert ("secure" in parts) is is_secure
    assert not any(part.startswith(("domain", "expires", "max-age")) for part in parts)
    assert ("Strict-Transport-Security" in answer.headers) is is_secure
    assert is_signed_in(visitor)


def test_form_over_https_is_refused_when_it_comes_from_elsewhere(make_app: Callable[..., Flask]) -> None:
    app = make_app({"BASE_URL": "https://hire.northlight.example"})
    with in_rows(app):
        team = create_team()
    visitor = Visitor(app).sign_in(team.ada.email, PASSWORD)
    answer = visitor.client.post(
        "/logout",
        base_url=visitor.base_url,
        data={"csrf_token": visitor.token()},
        headers={"Referer": "https://evil.example/"},
    )
    assert answer.status_code == 400
    assert is_signed_in(visitor)


def test_page_at_another_host_leads_to_the_public_address(web: Flask, team: Team) -> None:
    client = web.test_client()
    answer = client.get("/jobs?x=1", base_url="http://127.0.0.1:9999")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://localhost/jobs?x=1"
    assert client.post("/login", base_url="http://127.0.0.1:9999").status_code == 400
    assert client.get("/healthz", base_url="http://127.0.0.1:9999").status_code == 200


def test_proxy_that_hides_the_host_is_named_and_not_led_in_circles(web: Flask, team: Team) -> None:
    client = web.test_client()
    behind = {"base_url": "http://127.0.0.1:9999"}
    assert client.get("/jobs", **behind).status_code == 302
    # The browser asks the right address now; through the proxy it looks like the wrong one again.
    client.set_cookie("led-home", "1", domain="127.0.0.1")
    page = client.get("/jobs", **behind)
    assert page.status_code == 400
    assert "BASE_URL is http://localhost" in page.text
    assert "asked for 127.0.0.1:9999" in page.text
    told = web.test_client().get("/jobs", headers={"X-Forwarded-Host": "localhost"}, **behind)
    assert told.status_code == 400


@pytest.mark.parametrize(
    ("base_url", "asked"),
    [
        ("https://hire.northlight.example:443", "https://hire.northlight.example"),
        ("https://hire.northlight.example", "https://hire.northlight.example:443"),
        ("https://Hire.Northlight.example", "https://hire.northlight.example"),
        ("https://büro.example", "https://xn--bro-hoa.example"),
        ("https://hire.northlight.example/", "https://HIRE.northlight.example"),
        ("http://hire.northlight.example:80", "http://hire.northlight.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_are_compared_as_browsers_write_them(
    make_app: Callable[..., Flask], base_url: str, asked: str
) -> None:
    app = make_app({"BASE_URL": base_url})
    with in_rows(app):
        create_team()
    host = asked.partition("://")[2]
    assert app.test_client().get("/login", base_url=asked, headers={"Host": host}).status_code == 200


# Text, percent-encoded, typographic, HTML, East Asian, a broken quoted-printable line, and Markdown.
AFTER_LINKS = [
    ".",
    ",",
    ")",
    ">",
    ").",
    ">,",
    "'",
    "!",
    "%3E",
    "%29.",
    "%20",
    "“",
    "”",
    "’)",
    "…",
    "&gt;",
    "%26quot%3B%3E",
    "。",
    "）",
    "」",
    "=",
    "|",
    "*",
    "`",
]


@pytest.mark.parametrize("after", [*AFTER_LINKS, "\u200b", "\u00a0"])
def test_link_with_what_followed_it_in_the_mail_opens(web: Flask, team: Team, after: str) -> None:
    answer = web.test_client().get(f"/login{after}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login"
    answer = web.test_client().get(f"/login{after}?next=/jobs")
    assert answer.headers["Location"] == "/login?next=/jobs"
    assert web.test_client().get(f"//evil.example/{after}").headers.get("Location", "/")[:2] != "//"
