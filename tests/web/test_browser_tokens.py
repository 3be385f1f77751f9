"""The session's cookie and the forms' token, signed by signers that are created once."""

import re

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf

from tests.pages.visitor import Visitor
from tests.web.world import Team
from web.browser_tokens import form_token


def test_cookie_is_the_one_that_flask_itself_would_read(app: Flask) -> None:
    said = {"_user_id": "someone", "number": 7}
    mine = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    assert mine is not None
    assert flasks is not None
    assert flasks.loads(mine.dumps(said)) == said
    assert mine.loads(flasks.dumps(said)) == said


def test_cookie_of_another_key_is_worth_nothing(app: Flask) -> None:
    made = app.session_interface.get_signing_serializer(app).dumps({"_user_id": "someone"})  # type: ignore[attr-defined]
    app.secret_key = "another key"
    client = app.test_client()
    client.set_cookie(str(app.config["SESSION_COOKIE_NAME"]), made)
    with client.session_transaction() as session:
        assert "_user_id" not in session


def test_token_is_made_once_for_a_response_and_belongs_to_its_session(app: Flask) -> None:
    with app.test_request_context():
        token = form_token()
        assert form_token() == token
        assert generate_csrf() == token
        validate_csrf(token)


def test_each_visitor_gets_their_own_token_with_the_page_that_is_kept(web: Flask, team: Team) -> None:
    tokens = set()
    for _ in range(3):
        html = web.test_client().get("/login").text
        [in_head, in_form] = re.findall(r'(?:csrf-token" content|csrf_token"[^>]*value)="([^"]+)"', html)
        assert in_head == in_form
        assert not in_head.startswith("token-")
        tokens.add(in_head)
    assert len(tokens) == 3


def test_message_for_the_next_page_is_shown_on_the_sign_in_page_and_not_kept(web: Flask, team: Team) -> None:
    ada = Visitor(web).enter(team.ada)
    left = ada.follow(ada.submit(ada.get("/"), "Sign out", leads_to="/login"))
    assert "You're signed out." in left.text
    assert "You're signed out." not in ada.get("/login").text


def test_address_of_a_page_is_the_same_when_it_is_known(app: Flask) -> None:
    with app.test_request_context():
        for _ in range(2):
            assert app.url_for("hiring.candidate", candidate_id=1) == "/candidates/1"
            assert app.url_for("hiring.candidate", candidate_id=2) == "/candidates/2"
            assert app.url_for("hiring.candidates", q="a b", job=None) == "/candidates?q=a+b"
    # Results that depend on the request are not kept.
    with app.test_request_context(base_url="http://localhost/below"):
        assert app.url_for("hiring.candidate", candidate_id=1) == "/below/candidates/1"
    with app.test_request_context():
        assert app.url_for("hiring.candidate", candidate_id=1) == "/candidates/1"
