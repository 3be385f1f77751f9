"""Who may do what with jobs and candidates: every role, their own rows and others', reading and writing."""

import pytest
from flask import Flask

from tests.machines.apps import Seeded
from tests.web.world import World, create_world, enter

WITH_ALL = ("owner", "admin", "recruiter")
MANAGERS = (*WITH_ALL, "own hiring manager")
TAKING_PART = ("own interviewer", "invited hiring manager")
SEERS = (*MANAGERS, *TAKING_PART, "observer")
SIGNED_OUT = ("anonymous", "deactivated")
EVERYONE = (*SEERS, "other hiring manager", "other interviewer", *SIGNED_OUT)
CANDIDATE_ROLES = (*MANAGERS, "other hiring manager", "invited hiring manager")
NOTE_ROLES = (*CANDIDATE_ROLES, "own interviewer", "other interviewer")

# Method, address, who it is for, and whose role includes it at least somewhere. Nothing here changes what
# a later line needs: forms are sent empty, and are read and found wanting by those who may send them.
DOINGS: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
    ("GET", "/jobs/{job}/edit", WITH_ALL, WITH_ALL),
    ("POST", "/jobs/{job}/edit", WITH_ALL, WITH_ALL),
    ("POST", "/jobs/{job}/close", WITH_ALL, WITH_ALL),
    ("POST", "/jobs/{job}/reopen", WITH_ALL, WITH_ALL),
    ("GET", "/candidates/{candidate}/edit", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/edit", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/applications/{application}/stage", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/applications/{application}/remove", MANAGERS, CANDIDATE_ROLES),
    ("GET", "/candidates/{candidate}/data", WITH_ALL, WITH_ALL),
    ("POST", "/candidates/{candidate}/data", WITH_ALL, WITH_ALL),
    ("GET", "/candidates/{candidate}/erase", MANAGERS, CANDIDATE_ROLES),
    # The interview is still to come, so that no one is erased.
    ("POST", "/candidates/{candidate}/erase", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/notes", (*MANAGERS, *TAKING_PART), NOTE_ROLES),
    ("GET", "/candidates/{candidate}/files/{file}", (*MANAGERS, *TAKING_PART), NOTE_ROLES),
    ("POST", "/candidates/{candidate}/files", MANAGERS, CANDIDATE_ROLES),
    ("GET", "/candidates/{candidate}/files/{file}/edit", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/files/{file}/edit", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/files/{file}/restore", MANAGERS, CANDIDATE_ROLES),
    ("POST", "/candidates/{candidate}/files/{file}/delete", MANAGERS, CANDIDATE_ROLES),
    ("GET", "/candidates/import", CANDIDATE_ROLES, CANDIDATE_ROLES),
    ("POST", "/candidates/import", CANDIDATE_ROLES, CANDIDATE_ROLES),
    ("GET", "/candidates/import/sample", CANDIDATE_ROLES, CANDIDATE_ROLES),
    ("GET", "/candidates/imports/{import_}", ("owner",), CANDIDATE_ROLES),
    ("GET", "/candidates/imports/{import_}/columns", ("owner",), CANDIDATE_ROLES),
    ("POST", "/candidates/imports/{import_}/columns", ("owner",), CANDIDATE_ROLES),
    ("POST", "/candidates/imports/{import_}/other-jobs", ("owner",), CANDIDATE_ROLES),
    ("GET", "/candidates/imports/{import_}/rows/2", ("owner",), CANDIDATE_ROLES),
    ("POST", "/candidates/imports/{import_}/rows/2", ("owner",), CANDIDATE_ROLES),
    ("POST", "/candidates/imports/{import_}/rows/2/skip", ("owner",), CANDIDATE_ROLES),
    ("POST", "/candidates/imports/{import_}/rows/2/restore", ("owner",), CANDIDATE_ROLES),
    ("GET", "/calendar", (*SEERS, "other hiring manager", "other interviewer"), EVERYONE),
    ("GET", "/search?q=dina", (*SEERS, "other hiring manager", "other interviewer"), EVERYONE),
    ("GET", "/search/suggestions?q=dina", (*SEERS, "other hiring manager", "other interviewer"), EVERYONE),
    ("GET", "/candidates/export", (*SEERS, "other hiring manager", "other interviewer"), EVERYONE),
    ("POST", "/candidates/export", (*SEERS, "other hiring manager", "other interviewer"), EVERYONE),
]


@pytest.fixture
def world(sqlite_app: Flask, seeded: Seeded) -> World:
    return seeded(sqlite_app, create_world)


@pytest.mark.parametrize("who", EVERYONE)
def test_each_role_does_exactly_what_is_theirs(sqlite_app: Flask, world: World, who: str) -> None:
    visitor = enter(sqlite_app, world, who)
    for method, address, allowed, role_may in DOINGS:
        there = address.format(
            job=world.team.job_id,
            candidate=world.team.dina.id,
            application=world.team.dina.application_id,
            file=world.addresses["file_id"],
            import_=world.addresses["import_id"],
        )
        data = {"csrf_token": visitor.token()} if method == "POST" else None
        headers = {"Referer": f"{visitor.base_url}/"}
        answer = visitor.client.open(
            there, method=method, data=data, headers=headers, base_url=visitor.base_url
        )
        answer.close()
        said = f"{who}: {method} {address} answered {answer.status_code}"
        if who in SIGNED_OUT:
            assert answer.headers.get("Location", "").startswith("/login"), said
        elif who in allowed:
            assert answer.status_code in (200, 303, 422), said
        else:
            assert answer.status_code == (404 if who in role_may else 403), said


@pytest.mark.parametrize("who", [who for who in EVERYONE if who not in SIGNED_OUT])
def test_lists_show_names_and_addresses_only_to_whom_they_belong(
    sqlite_app: Flask, world: World, who: str
) -> None:
    visitor = enter(sqlite_app, world, who)
    month, piece = "/calendar", {"HX-Request": "true"}
    pages = [
        visitor.client.get(address, base_url=visitor.base_url).get_data(as_text=True)
        for address in ("/candidates", "/candidates?q=dina", "/search?q=dina", "/interviews?q=dina", month)
    ]
    suggested = visitor.client.get(
        "/search/suggestions?q=dina", base_url=visitor.base_url, headers=piece
    ).get_data(as_text=True)
    exported = visitor.client.post(
        "/candidates/export",
        base_url=visitor.base_url,
        data={"csrf_token": visitor.token(), "format": "commas"},
    ).get_data(as_text=True)
    shown = ["Dina Kaur" in page for page in [*pages[:4], exported, suggested]]
    assert shown == [who in SEERS] * 6
    assert ("dina.kaur@mail.example" in exported) is (who in MANAGERS)
    by_address = visitor.client.get("/candidates?q=dina.kaur@", base_url=visitor.base_url)
    assert ("Dina Kaur" in by_address.get_data(as_text=True)) is (who in MANAGERS)
