"""The API: what a program reads with a key, page by page, and that its answers are as docs/openapi.yaml
says."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from accounts import api_keys
from accounts.api_keys import MOST_KEYS, PER_MINUTE, PREFIX, WRONG_KEY
from config import ROOT
from extensions import db
from models import ApiKey, AuditEntry, Interview, InterviewStatus, User
from tests.factories import Team, create_candidate, create_team, request_slots, schedule
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

PAGE, INTERVIEWS = "/settings/organization/api", "/api/v1/interviews"
DESCRIPTION: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text("utf-8"))


class Program:
    """A program with a key. The answers that it gets have to be as the description says."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client, self.base_url = app.test_client(), app.config["BASE_URL"]
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def ask(self, address: str = INTERVIEWS, *, status: int = 200, known: str = "") -> TestResponse:
        headers = {**self.headers, **({"If-None-Match": known} if known else {})}
        answer = self.client.get(address, base_url=self.base_url, headers=headers)
        assert answer.status_code == status, answer.text
        if status != 304:
            self._check(address, status, answer.get_json())
        return answer

    def read(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"{INTERVIEWS}{query}").get_json()["interviews"]
        return found

    @staticmethod
    def _check(address: str, status: int, content: Any) -> None:
        path = "/v1/interviews" if address.partition("?")[0] == INTERVIEWS else "/v1/interviews/{id}"
        described = DESCRIPTION["paths"][path]["get"]["responses"][str(status)]
        if "$ref" in described:
            described = DESCRIPTION["components"]["responses"][described["$ref"].rpartition("/")[2]]
        schema = described["content"]["application/json"]["schema"]
        whole = {**schema, "components": DESCRIPTION["components"]}
        Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(content)


def key_from(ada: Visitor, name: str = "Dashboard") -> str:
    page = ada.submit(ada.get(PAGE), "Make a key", name=name)
    [key] = {button["data-copy"] for button in page.tree.all("button") if button.get("data-copy")}
    assert key.startswith(PREFIX)
    assert key not in ada.get(PAGE).html
    return key


@pytest.fixture
def program(web: Flask, ada: Visitor) -> Program:
    return Program(web, key_from(ada))


def test_description_is_served_as_it_is(web: Flask) -> None:
    answer = web.test_client().get("/api/openapi.yaml", base_url=web.config["BASE_URL"])
    assert answer.get_data() == Path(ROOT / "docs" / "openapi.yaml").read_bytes()
    assert DESCRIPTION["openapi"].startswith("3.1")


def test_every_parameter_and_field_is_described(program: Program, web: Flask, team: Team) -> None:
    with in_rows(web):
        schedule(team.ada, team.dina)
    [shown] = program.read()
    assert set(shown) == set(DESCRIPTION["components"]["schemas"]["Interview"]["properties"])
    for parameter in DESCRIPTION["paths"]["/v1/interviews"]["get"]["parameters"]:
        words = program.ask(f"{INTERVIEWS}?{parameter['name']}=!", status=400).get_json()["error"]["message"]
        assert parameter["name"] in words


def test_interview_is_read_without_what_opens_it_or_was_meant_for_the_team(
    program: Program, web: Flask, team: Team
) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina, internal_notes="Ask about Rust.")
        row = db.session.get_one(Interview, number)
        starts_at = row.starts_at
    [shown] = program.read()
    assert shown == program.ask(f"{INTERVIEWS}/{number}").get_json()
    assert (shown["id"], shown["status"]) == (number, "scheduled")
    assert shown["candidate"] == {"id": team.dina.id, "name": team.dina.name, "email": team.dina.email}
    assert shown["starts_at"] == starts_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert "Rust" not in json.dumps(shown)
    program.ask(f"{INTERVIEWS}/{number + 1}", status=404)


def test_interview_without_a_time_has_none(program: Program, web: Flask, team: Team) -> None:
    with in_rows(web):
        request_slots(team.ada, team.dina)
    [shown] = program.read()
    assert (shown["status"], shown["starts_at"], shown["ends_at"]) == ("requested", None, None)


def test_pages_hold_each_interview_once_and_changes_come_last(
    program: Program, web: Flask, team: Team
) -> None:
    with in_rows(web):
        numbers = [
            schedule(team.ada, create_candidate(f"Person {n}", f"p{n}@mail.example", team.job_id))
            for n in range(5)
        ]
    seen: list[int] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        content = program.ask(f"{INTERVIEWS}?limit=2{f'&cursor={cursor}' if cursor else ''}").get_json()
        seen += [each["id"] for each in content["interviews"]]
        cursor, pages = content["next_cursor"], pages + 1
    assert (seen, pages) == (numbers, 3)
    with in_rows(web):
        db.session.get_one(Interview, numbers[0]).title = "Another title"
        db.session.commit()
    assert [each["id"] for each in program.read()] == [*numbers[1:], numbers[0]]
    newest = program.read()[-1]["updated_at"]
    # Changes that began before the last request may have been stored after it.
    with in_rows(web):
        for number, minutes in zip(numbers[1:], (7, 6, 5, 4), strict=True):
            earlier = datetime.fromisoformat(newest) - timedelta(minutes=minutes)
            db.session.execute(sa.update(Interview).where(Interview.id == number).values(changed_at=earlier))
        db.session.commit()
    again = [each["id"] for each in program.read(f"?updated_since={newest}")]
    assert again == [*numbers[3:], numbers[0]]


def test_filters(program: Program, web: Flask, team: Team) -> None:
    with in_rows(web):
        first = schedule(team.ada, team.dina)
        second = schedule(team.ada, create_candidate("Yara Nassar", "yara@mail.example", team.job_id))
        row = db.session.get_one(Interview, second)
        row.status = InterviewStatus.CANCELLED
        row.starts_at += timedelta(days=1)
        later = row.starts_at.isoformat()
        db.session.commit()
    assert [each["id"] for each in program.read("?status=cancelled")] == [second]
    assert [each["id"] for each in program.read("?status=cancelled,scheduled")] == [first, second]
    assert [each["id"] for each in program.read(f"?since={quote(later)}")] == [second]
    # As people write it, with a plus sign, which means a space in an address.
    assert [each["id"] for each in program.read(f"?since={later}")] == [second]


@pytest.mark.parametrize(
    "query",
    [
        *("status=gone", "status=", "since=yesterday", "since=2027-02-10", "since=2027-02-10T09:00:00"),
        *("updated_since=0001-01-01T00:00:00Z", "limit=0", "limit=101", "limit=-1", "limit=ten", "limit=٣"),
        *("cursor=x", "cursor=Zm9vfDE", "cursor=%00", "job=7", "limit=1&limit=2"),
    ],
)
def test_what_is_not_understood_is_refused(program: Program, query: str) -> None:
    program.ask(f"{INTERVIEWS}?{query}", status=400)


def test_nothing_new_is_answered_without_saying_it_again(program: Program, web: Flask, team: Team) -> None:
    with in_rows(web):
        number = schedule(team.ada, team.dina)
    tag = program.ask().headers["ETag"]
    assert program.ask(status=304, known=tag).get_data() == b""
    with in_rows(web):
        db.session.get_one(Interview, number).title = "Another title"
        db.session.commit()
    program.ask(known=tag)


def test_wrong_keys_get_nothing_and_are_slowed_down(
    web: Flask, team: Team, program: Program, clock: Clock
) -> None:
    Program(web, "").ask(status=401)
    stranger = Program(web, f"{PREFIX}guessed")
    for _ in range(WRONG_KEY.free_per_address - 1):
        assert stranger.ask(status=401).headers["WWW-Authenticate"] == "Bearer"
    assert int(stranger.ask(status=429).headers["Retry-After"]) > 0
    # A program with a key, in the same office, is not slowed down.
    program.ask()


def test_guesser_who_is_slowed_down_does_not_wait_for_a_turn_to_write(
    web: Flask, team: Team, program: Program, clock: Clock
) -> None:
    stranger = Program(web, f"{PREFIX}guessed")
    for _ in range(WRONG_KEY.free_per_address):
        stranger.ask(status=401)
    with in_rows(web), db.engine.connect() as writer:
        # From here on, this is SQLite's only writer.
        writer.execute(sa.update(ApiKey).values(name="Another"))
        stranger.ask(status=429)
    clock.move(timedelta(minutes=1))
    stranger.ask(status=401)


def test_key_is_good_for_so_many_requests_a_minute(program: Program, web: Flask, clock: Clock) -> None:
    with in_rows(web):
        db.session.execute(sa.update(ApiKey).values(counted=PER_MINUTE - 1, counted_since=clock()))
        db.session.commit()
    program.ask()
    assert program.ask(status=429).headers["Retry-After"] == "60"
    clock.move(timedelta(seconds=61))
    program.ask()


def test_owner_sees_when_a_key_was_used_and_revokes_it(web: Flask, ada: Visitor, program: Program) -> None:
    assert "never used" in ada.get(PAGE).words
    program.ask()
    page = ada.get(PAGE)
    assert "last used" in page.words
    assert "is revoked" in ada.follow(ada.submit(page, "Revoke", leads_to=PAGE)).words
    program.ask(status=401)
    with in_rows(web):
        words = db.session.scalars(sa.select(AuditEntry.words).order_by(AuditEntry.id)).all()[-2:]
    assert words == ["Ada Berg made the API key “Dashboard”.", "Ada Berg revoked the API key “Dashboard”."]


def test_key_needs_a_name_and_there_are_only_so_many(ada: Visitor, team: Team) -> None:
    assert "what it's for" in ada.submit(ada.get(PAGE), "Make a key", status=422).error_at("name")
    for number in range(MOST_KEYS):
        key_from(ada, f"Program {number}")
    assert "already" in ada.submit(ada.get(PAGE), "Make a key", status=422, name="One more").error_at("name")


def test_only_an_owner_makes_keys(sign_in: Callable[..., Visitor], team: Team) -> None:
    ben = sign_in(team.ben)
    ben.get(PAGE, status=403)
    ben.post(f"{PAGE}/keys", {"name": "Mine"}, status=403)
    ben.post(f"{PAGE}/keys/1/revoke", status=403)
    assert "/organization/api" not in ben.get("/settings/account/profile").html


def test_key_counts_on_both_databases(app: Flask) -> None:
    with in_rows(app):
        team = create_team()
        key = api_keys.make(db.session.get_one(User, team.ada.id), "Program")
        db.session.commit()
        for _ in range(PER_MINUTE):
            api_keys.admit(key)
        db.session.commit()
        with pytest.raises(api_keys.TooFastError):
            api_keys.admit(key)
        db.session.rollback()
        with pytest.raises(api_keys.UnknownKeyError):
            api_keys.admit("another")
