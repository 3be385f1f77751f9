"""The first run: one code, one organization, one owner, and then the page is gone."""

from typing import Any

import pytest
from flask import Flask

import instance_folder
from accounts.throttling import SETUP_CODE
from extensions import db
from models import Organization, Role, User, UserSession
from tests.factories import PASSWORD
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

TYPED: dict[str, Any] = {
    "organization_name": "Northlight",
    "timezone": "Europe/Zurich",
    "name": "Ada Berg",
    "email": "Ada@Northlight.Example",
    "password": PASSWORD,
}


@pytest.fixture
def code(web: Flask) -> str:
    return instance_folder.setup_code(web.config["INSTANCE_PATH"])


def test_new_installation_leads_to_its_first_run(web: Flask) -> None:
    visitor = Visitor(web)
    visitor.get("/", leads_to="/login?next=/")
    visitor.get("/login?next=/", leads_to="/setup")
    assert visitor.get("/setup").heading == "Set up SmoothHiring"


def test_right_code_makes_organization_and_owner_and_closes_the_door(web: Flask, code: str) -> None:
    visitor = Visitor(web)
    page = visitor.get("/setup")
    answer = visitor.submit(page, "Finish setup", leads_to="/", code=f" {code.upper()} ", **TYPED)
    assert "Your organization is ready" in visitor.follow(answer).messages
    with in_rows(web):
        organization = db.session.scalars(db.select(Organization)).one()
        owner = db.session.scalars(db.select(User)).one()
        assert (organization.name, organization.timezone) == ("Northlight", "Europe/Zurich")
        assert organization.connecting_is_open is False
        assert (owner.role, owner.email, owner.name) == (Role.OWNER, "ada@northlight.example", "Ada Berg")
        assert owner.password_hash is not None
        assert owner.password_hash.startswith("$argon2id$")
    assert not (web.config["INSTANCE_PATH"] / "setup_code").exists()
    visitor.get("/setup", status=404)
    visitor.post("/setup", {"code": code, **TYPED}, status=404)
    Visitor(web).get("/setup", status=404)
    Visitor(web).sign_in("ada@northlight.example", PASSWORD)


def test_wrong_code_makes_nothing_and_keeps_what_was_typed(web: Flask, code: str) -> None:
    visitor = Visitor(web)
    for wrong in ("not-the-code", code[:-1], code + "0", "ümläut", "'; DROP TABLE users; --"):
        page = visitor.submit(visitor.get("/setup"), "Finish setup", status=422, code=wrong, **TYPED)
        assert "That's not the code" in page.error_at("code")
        assert page.value_of("Finish setup", "organization_name") == "Northlight"
        assert page.value_of("Finish setup", "timezone") == "Europe/Zurich"
        # A password is never sent back.
        assert PASSWORD not in page.html
    with in_rows(web):
        for model in (Organization, User, UserSession):
            assert db.session.scalar(db.select(db.func.count()).select_from(model)) == 0
    assert instance_folder.setup_code(web.config["INSTANCE_PATH"]) == code


REFUSED = [
    ("code", "", "Enter the code"),
    ("organization_name", "  ", "Enter the name"),
    ("organization_name", "x" * 121, "120"),
    ("timezone", "", "Choose a time zone"),
    ("timezone", "Nowhere/Land", "Enter a time zone, such as"),
    ("name", "", "Enter your name"),
    ("email", "ada", "like ana@company.example"),
    ("email", "ada@localhost", "like ana@company.example"),
    ("password", "short", "at least 8"),
    ("password", "", "Choose a password"),
]


def test_impossible_values_are_refused_beside_their_fields(web: Flask, code: str) -> None:
    visitor = Visitor(web)
    page = visitor.get("/setup")
    for field, typed, words in REFUSED:
        fields = {"code": code, **TYPED, field: typed}
        answer = visitor.submit(page, "Finish setup", status=422, **fields)
        assert words in answer.error_at(field), f"{field} {typed}"
    with in_rows(web):
        assert db.session.scalar(db.select(db.func.count(User.id))) == 0


def test_connecting_can_be_allowed_from_the_start(web: Flask, code: str) -> None:
    visitor = Visitor(web)
    visitor.submit(
        visitor.get("/setup"), "Finish setup", leads_to="/", code=code, connecting_is_open="y", **TYPED
    )
    with in_rows(web):
        assert db.session.scalars(db.select(Organization)).one().connecting_is_open is True


def test_guessing_the_code_is_slowed_down_and_seen_in_the_log(
    web: Flask, code: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    guesser = Visitor(web, "198.51.100.7")
    for _ in range(SETUP_CODE.free_per_address):
        guesser.post("/setup", {"code": "a-guess", **TYPED}, status=422)
    assert "a wrong setup code was sent from 198.51.100.7" in caplog.text
    assert "a-guess" not in caplog.text
    blocked = guesser.post("/setup", {"code": code, **TYPED}, status=429)
    assert blocked.headers["Retry-After"] == "5"
    # No one else is kept waiting.
    Visitor(web).post("/setup", {"code": code, **TYPED}, status=303)
