"""Hostile and odd text through every field of jobs, candidates, notes, lists and searches."""

import csv
import io
import re
from urllib.parse import quote

import pytest
from flask import Flask

from blueprints.hiring.imports.lines import read_list
from extensions import db
from hiring.imports import Answers
from models import ApplicationNote, Candidate, Job
from tests.factories import Team, create_team
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor, path_of

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": "\"' autofocus onfocus='alert(1)",
    "template": "{{7*7}}{% raise %}${7*7}",
    "running link": "javascript:alert(document.cookie)",
    "entities": "&lt;b&gt; &amp; &#0;",
    "query": "Robert'); DROP TABLE candidates;--",
    "pattern": "100%_\\%_[a-z]*(.+)+$",
    "formula": '=HYPERLINK("https://evil.example","x")',
    "formula with a sign": "-2+3+cmd|' /C calc'!A0",
    "formula of a wide kind": "＝1+1",
    "emoji": "👩🏽‍💻🇨🇭 Ünïcødé 漢字",
    "right to left": "שלום \u202egnp.exe\u202c عربى",
    "controls": "a\x00b\x01c\x07d\x1be\x7ff\u2028g",
    "lines": "one\r\nBcc: everybody@mail.example\r\n\r\nbody",
    "cells": 'a,b;c\td"e',
    "closing": "]]>--></title></textarea></style>",
    "combining": "Z\u0351\u036b\u0343a\u0321\u0358l\u0489go" + "\u0301" * 40,
    "grows when folded": "ﷺ" * 40,
}
UNSEEN = "\x00\x01\x07\x1b\x7f\u2028\u202c\u202e"
each = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@pytest.fixture(scope="module")
def team(shared_app: Flask) -> Team:
    with in_rows(shared_app):
        return create_team()


@pytest.fixture(scope="module")
def ada(shared_app: Flask, team: Team) -> Visitor:
    """The owner, with a browser that checks every page for scripts, handlers and links that run code."""
    return Visitor(shared_app).enter(team.ada)


# What a page loads from the product's own files, in the only form that templates write.
OUR_SCRIPT = re.compile(r'<script type="module" src="/static/[\w./-]+"></script>')


def is_harmless(page: Page) -> None:
    main = OUR_SCRIPT.sub("", page.html.partition("<main")[2])
    assert "<script" not in main
    assert not page.tree.all("img")
    assert not any(character in page.html for character in UNSEEN)
    assert "49" not in [element.text for element in page.tree.all("h1")]


@each
def test_text_in_a_job(shared_app: Flask, team: Team, ada: Visitor, text: str) -> None:
    page = ada.submit(
        ada.get(f"/jobs/{team.job_id}/edit"), "Save", status=303, title=text, department=text, location=text
    )
    with in_rows(shared_app):
        job = db.session.get_one(Job, team.job_id)
        assert not any(character in job.title for character in UNSEEN + "\r\n")
        title = job.title
    for address in (
        f"/jobs/{team.job_id}",
        f"/jobs/{team.job_id}/edit",
        "/jobs",
        "/candidates",
        "/interviews",
    ):
        is_harmless(ada.get(address))
    is_harmless(ada.follow(page))
    found = ada.get(f"/jobs?q={quote(title)}")
    assert " ".join(title.split()) in found.text


@each
def test_text_in_a_candidate_and_a_note(shared_app: Flask, team: Team, ada: Visitor, text: str) -> None:
    there = f"/candidates/{team.dina.id}"
    ada.submit(ada.get(f"{there}/edit"), "Save", status=303, name=text)
    for field in ("email", "phone"):
        refused = ada.submit(ada.get(f"{there}/edit"), "Save", status=422, **{field: text})
        assert refused.error_at(field)
        is_harmless(refused)
    ada.submit(ada.get(there), "Add note", status=303, text=text)
    with in_rows(shared_app):
        dina = db.session.get_one(Candidate, team.dina.id)
        note = db.session.scalars(db.select(ApplicationNote).order_by(ApplicationNote.id.desc())).first()
        assert note is not None
        assert not any(character in dina.name + note.text for character in UNSEEN + "\r")
        name = dina.name
    for address in (
        there,
        f"{there}/edit",
        f"{there}/erase",
        "/candidates",
        f"/jobs/{team.job_id}",
        "/search",
    ):
        is_harmless(ada.get(address))
    for address in ("/candidates", "/search"):
        assert name in ada.get(f"{address}?q={quote(name)}").tree.with_id("main").raw_text  # type: ignore[union-attr]


@each
def test_text_that_is_searched_for(ada: Visitor, text: str) -> None:
    # Each of the others is read on its own, so that one address can carry them all.
    others = ("job", "stage", "sort", "state", "status", "after", "before", "month")
    for address in ("/candidates", "/jobs", "/interviews", "/search"):
        is_harmless(ada.get(f"{address}?q={quote(text)}"))
        is_harmless(ada.get(f"{address}?{'&'.join(f'{name}={quote(text)}' for name in others)}"))
    is_harmless(ada.get(f"/calendar?month={quote(text)}"))
    for view in ("week", "month", "agenda"):
        is_harmless(ada.get(f"/calendar/{view}/2027-02-01?whose={quote(text)}"))
    for name in ("q", "show", "page"):
        is_harmless(ada.get(f"/calendar/list/2027-02-01?{name}={quote(text)}"))


@each
def test_text_in_an_import_and_the_export_after_it(sqlite_app: Flask, text: str) -> None:
    # This needs its own database: the export contains everyone.
    with in_rows(sqlite_app):
        team = create_team()
    ada = Visitor(sqlite_app).enter(team.ada)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["name", "email", "phone", "timezone", text])
    writer.writerow([text, "target@mail.example", "", "", text])
    writer.writerow(["Right", text, text, text, text])
    answer = ada.post("/candidates/import", {"job": str(team.job_id), "text": file.getvalue()}, status=303)
    preview = ada.follow(answer)
    is_harmless(preview)
    ada.submit(preview, "Import 1 candidate", status=303)
    is_harmless(ada.get("/candidates"))
    with in_rows(sqlite_app):
        [name] = db.session.scalars(db.select(Candidate.name).where(Candidate.email == "target@mail.example"))
    sent = ada.client.post(
        "/candidates/export",
        base_url=ada.base_url,
        data={"csrf_token": ada.token(), "format": "commas"},
    ).get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(sent.removeprefix("\ufeff"), newline=""), strict=True))
    assert [len(row) for row in rows] == [6, 6, 6]
    assert rows[2][0] in (name, f"'{name}")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for row in rows for cell in row)
    [_, again] = read_list(sent, Answers()).lines
    assert again.name == name


@each
def test_text_that_is_not_a_list(ada: Visitor, team: Team, text: str) -> None:
    fields = {**ada.get("/candidates/import").fields("Review"), "job": str(team.job_id), "text": text}
    answer = ada.client.post("/candidates/import", base_url=ada.base_url, data=fields)
    if answer.status_code == 303:
        # Two lines are taken for a heading and a row, and the sender has to say what is in them.
        is_harmless(ada.get(path_of(answer.headers["Location"])))
    else:
        page = ada.submit(ada.get("/candidates/import"), "Review", status=422, job=team.job_id, text=text)
        assert page.error_at("text")
        is_harmless(page)
