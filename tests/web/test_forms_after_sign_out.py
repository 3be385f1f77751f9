"""A form that is sent after its sign-in has ended: nothing that was typed is lost, and no other site can have
a form sent by someone's click."""

from datetime import timedelta

from flask import Flask

from tests.factories import Team
from tests.machines.clock import Clock
from tests.pages.visitor import Visitor

NOTE = "Clear thinker.\nAsked the best questions, 😀 & more <b>"
STALE = "You were signed out, or signed in again"


def candidate(team: Team) -> str:
    return f"/candidates/{team.dina.id}"


def test_note_that_was_sent_after_signing_out_elsewhere_is_shown_and_sent_again(
    web: Flask, team: Team, ada: Visitor
) -> None:
    page = ada.get(candidate(team))
    ada.submit(ada.get("/"), "Sign out", leads_to="/login")
    late = ada.submit(page, "Add note", status=400, text=NOTE)
    assert late.heading == "Please send it again"
    assert "Asked the best questions, 😀 & more <b>" in late.text
    assert "in a new tab, come back" in late.text
    # In the other tab.
    ada.enter(team.ada)
    again = ada.submit(late, "Try again", status=400)
    assert f"as {team.ada.name}" in again.text
    ada.follow(ada.submit(again, "Try again", status=303))
    assert "Asked the best questions, 😀 & more <b>" in ada.get(candidate(team)).text


def test_someone_else_who_signed_in_is_told_in_whose_name_it_is_sent(team: Team, ada: Visitor) -> None:
    page = ada.get(candidate(team))
    ada.enter(team.ben)
    assert f"as {team.ben.name}" in ada.submit(page, "Add note", status=400, text=NOTE).text


def test_session_that_ran_out_keeps_what_was_typed(clock: Clock, team: Team, ada: Visitor) -> None:
    page = ada.get(candidate(team))
    clock.move(timedelta(days=13))
    late = ada.submit(page, "Add note", status=401, text=NOTE)
    assert late.heading == "You're signed out"
    assert "Clear thinker." in late.text
    # A request for a part of a page would have led away from what was typed.
    fields = {**page.fields("Add note"), "text": NOTE}
    piece = ada.post(f"{candidate(team)}/notes", fields, status=401, htmx=True)
    assert "sign in again" in piece.text
    ada.enter(team.ada)
    again = ada.submit(late, "Try again", status=400)
    ada.submit(again, "Try again", status=303)
    assert "Clear thinker." in ada.get(candidate(team)).text


def test_form_of_another_site_is_neither_shown_nor_sent_again(team: Team, ada: Visitor) -> None:
    address, fields = f"{candidate(team)}/notes", {"text": NOTE, "csrf_token": "made-up"}
    for headers in (
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": ada.base_url, "Sec-Fetch-Site": "same-site"},
        {"Origin": ada.base_url, "Sec-Fetch-Site": "cross-site"},
    ):
        sent = {"Referer": f"{ada.base_url}/", **headers}
        answer = ada.client.post(address, base_url=ada.base_url, data=fields, headers=sent)
        assert answer.status_code == 400
        assert STALE in answer.text
        assert "Clear thinker" not in answer.text
        assert "Try again</button>" not in answer.text


def test_secrets_are_in_no_page(team: Team, ada: Visitor) -> None:
    page = ada.get("/settings/account/profile")
    ada.submit(ada.get("/"), "Sign out", leads_to="/login")
    secret = "correct horse battery staple"
    for typed in ({"current": secret}, {"current": secret, "password": secret}):
        late = ada.submit(page, "Change password", status=400, **typed)
        assert secret not in late.html
        assert not late.has_button("Try again")


def test_candidate_whose_page_was_open_too_long_needs_no_sign_in(web: Flask, team: Team) -> None:
    visitor = Visitor(web)
    late = visitor.post("/s/made-up/late", {"words": "I will be late", "csrf_token": "old"}, status=400)
    assert "I will be late" in late.text
    assert late.has_button("Try again")
    assert "in a new tab" not in late.text
