"""One's own profile, and the places where one is signed in."""

import re

from flask import Flask

from extensions import db
from models import User
from tests.factories import Team
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from web.user_agents import browser_words


def test_name_and_zone_are_changed(web: Flask, team: Team, ben: Visitor) -> None:
    ben.post(
        "/settings/account/profile",
        {"name": "  Benjamin   Frei ", "timezone": "America/New_York"},
        status=303,
    )
    page = ben.get("/settings/account/profile").html
    assert "Profile saved." in page
    with in_rows(web):
        user = db.session.get_one(User, team.ben.id)
        assert (user.name, user.timezone) == ("Benjamin Frei", "America/New_York")


def test_shortcuts_are_turned_off_for_one_person_on_every_device(
    web: Flask, team: Team, ada: Visitor, ben: Visitor
) -> None:
    profile = {"name": "Ben Frei", "timezone": "Europe/Zurich"}
    other_device = Visitor(web).enter(team.ben)
    # A form that is refused changes nothing, and keeps what was checked.
    refused = ben.post("/settings/account/profile", {**profile, "name": ""}, status=422)
    assert not _is_ticked(refused.html)
    assert "data-shortcuts" in other_device.get("/jobs").html
    ben.post("/settings/account/profile", profile, status=303)
    for device in (ben, other_device):
        assert "data-shortcuts" not in device.get("/jobs").html
        assert not _is_ticked(device.get("/settings/account/profile").html)
    assert "data-shortcuts" in ada.get("/jobs").html
    ben.post("/settings/account/profile", {**profile, "has_shortcuts": "y"}, status=303)
    assert "data-shortcuts" in other_device.get("/jobs").html
    assert _is_ticked(other_device.get("/settings/account/profile").html)


def _is_ticked(html: str) -> bool:
    [box] = re.findall(r'<input[^>]*name="has_shortcuts"[^>]*>', html)
    return " checked" in box


def test_what_was_typed_wrong_stays_in_its_field(web: Flask, ben: Visitor) -> None:
    answer = ben.post("/settings/account/profile", {"name": "", "timezone": "Europe/Madrid"}, status=422)
    page = answer.html
    assert "Enter your name." in page
    assert 'value="Europe/Madrid"' in page
    answer = ben.post("/settings/account/profile", {"name": "Ben", "timezone": "Mars/Olympus"}, status=422)
    assert 'value="Ben"' in answer.html


def test_wrong_password_leaves_the_other_form_as_it_was(web: Flask, team: Team, ben: Visitor) -> None:
    page = ben.post(
        "/settings/account/password", {"current": "wrong", "password": "a long new password"}, status=422
    )
    html = page.html
    assert f'value="{team.ben.name}"' in html
    assert "a long new password" not in html


def test_role_and_address_cannot_be_smuggled_in(web: Flask, team: Team, ben: Visitor) -> None:
    ben.post(
        "/settings/account/profile",
        {
            "name": "Ben Frei",
            "timezone": "Europe/Zurich",
            "role": "owner",
            "email": "owner@northlight.example",
            "is_active": "",
            "password_hash": "x",
        },
        status=303,
    )
    with in_rows(web):
        user = db.session.get_one(User, team.ben.id)
        assert (user.role, user.email, user.is_active) == (team.ben.role, team.ben.email, True)
    assert Visitor(web).sign_in(team.ben.email).is_signed_in


def test_sessions_are_listed_and_this_one_is_marked(web: Flask, team: Team, ben: Visitor) -> None:
    phone = Visitor(web)
    phone.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.0 Mobile/15E148 Safari/604.1"
    )
    phone.sign_in(team.ben.email)
    words = ben.get("/settings/account/profile").words
    assert words.count("This browser") == 1
    assert "Safari on iPhone Last seen" in words


def test_signing_out_one_of_them_ends_only_that_one(web: Flask, team: Team, ben: Visitor) -> None:
    elsewhere = Visitor(web).sign_in(team.ben.email)
    kept = elsewhere.session_cookie()
    [path] = re.findall(r"/settings/account/sessions/\d+/end", ben.get("/settings/account/profile").html)
    ben.post(path, status=303)
    assert ben.is_signed_in
    assert not elsewhere.is_signed_in
    assert not Visitor(web).plant_cookie(kept).is_signed_in


def test_sessions_of_others_are_out_of_reach(web: Flask, ada: Visitor, ben: Visitor) -> None:
    Visitor(web).sign_in("ada@northlight.example")
    [path] = re.findall(r"/settings/account/sessions/\d+/end", ada.get("/settings/account/profile").html)
    ben.post(path, status=404)


def test_signing_out_everywhere_ends_every_saved_cookie(web: Flask, team: Team, ben: Visitor) -> None:
    elsewhere = Visitor(web).sign_in(team.ben.email)
    kept = [ben.session_cookie(), elsewhere.session_cookie()]
    answer = ben.post("/settings/account/sessions/end", status=303)
    assert answer.headers["Location"] == "/login"
    for cookie in kept:
        assert not Visitor(web).plant_cookie(cookie).is_signed_in
    assert Visitor(web).sign_in(team.ben.email).is_signed_in


def test_every_page_of_the_settings_needs_a_sign_in(web: Flask, team: Team) -> None:
    for path in ("account/profile", "team", "team/invite", "organization", "system-log"):
        answer = Visitor(web).client.get(f"/settings/{path}")
        assert answer.status_code in (302, 303)
        assert answer.headers["Location"].startswith("/login")
    for path in ("account/password", "account/sessions/end", "team/1/deactivate"):
        page = Visitor(web).post(f"/settings/{path}", status=303)
        assert page.headers["Location"].startswith("/login")


def test_browsers_are_named_as_people_know_them() -> None:
    like_gecko = "AppleWebKit/537.36 (KHTML, like Gecko)"
    assert {
        browser_words(text)
        for text in (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {like_gecko} Chrome/130.0.0.0 Safari/537.36",
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {like_gecko} Chrome/130.0 Safari/537.36 Edg/130.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18.0 Safari/605",
            f"Mozilla/5.0 (Linux; Android 14) {like_gecko} SamsungBrowser/26.0 Chrome/122.0 Safari/537",
            "curl/8.5.0",
            "",
        )
    } == {
        "Chrome on Windows",
        "Edge on Windows",
        "Firefox on Linux",
        "Safari on Mac",
        "Samsung Internet on Android",
        "Another program",
    }
