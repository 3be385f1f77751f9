"""The API for programs of the organization: interviews as JSON, to be read only. docs/openapi.yaml describes
it, and a test compares the answers with it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, make_response, request

from accounts import api_keys
from accounts.api_keys import WRONG_KEY, TooFastError, UnknownKeyError
from accounts.throttling import TooManyTriesError
from blueprints.api.questions import BadQuestionError, cursor_of, wanted_of
from database import read_only, writing, writing_what_may_be_lost
from extensions import db
from scheduling.reading import published
from services import services

api = Blueprint("api", __name__, url_prefix="/api")


@api.get("/openapi.yaml")
def description() -> Response:
    """What the API is, for programs that generate clients from it."""
    response = make_response((Path(current_app.root_path) / "docs" / "openapi.yaml").read_bytes())
    response.headers["Content-Type"] = "application/yaml"
    return response


@api.get("/v1/interviews")
def interviews() -> Response:
    refused = _refused()
    if refused is not None:
        return refused
    try:
        wanted = wanted_of(request.args)
    except BadQuestionError as error:
        return _error(400, "bad_request", error.words)
    found, following = published.page(wanted)
    base_url = services().account_links.base_url
    shown = [published.published(row, base_url) for row in found]
    return _answer({"interviews": shown, "next_cursor": cursor_of(following) if following else None})


@api.get("/v1/interviews/<int:interview_id>")
def interview(interview_id: int) -> Response:
    refused = _refused()
    if refused is not None:
        return refused
    found = published.one(interview_id)
    if found is None:
        return _error(404, "not_found", "There is no such interview.")
    return _answer(published.published(found, services().account_links.base_url))


def _refused() -> Response | None:
    """The answer to a request without a key that works, or with one that is used too often.

    It is counted in a transaction of its own, so that the rest of the request reads a single state.
    """
    given = request.authorization
    key = (given.token if given is not None and given.type == "bearer" else None) or ""
    db.session.rollback()
    with read_only():
        is_known = api_keys.is_known(key)
        seconds = 0 if is_known else services().throttling.seconds_to_wait(WRONG_KEY, *_guesser())
        db.session.rollback()
    if seconds:
        return _wait(seconds)
    if not is_known:
        return _unknown_key()
    try:
        with writing_what_may_be_lost():
            api_keys.admit(key)
            db.session.commit()
    except UnknownKeyError:
        # Revoked a moment ago.
        db.session.rollback()
        return _unknown_key()
    except TooFastError as error:
        db.session.rollback()
        return _wait(error.seconds)
    return None


def _unknown_key() -> Response:
    try:
        with writing():
            services().throttling.take(WRONG_KEY, *_guesser())
            db.session.commit()
    except TooManyTriesError as error:
        db.session.rollback()
        return _wait(error.seconds)
    response = _error(401, "unauthorized", "Send a key that works: “Authorization: Bearer …”.")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _guesser() -> tuple[str, str]:
    """Whose tries are counted, in the form that throttling takes: there is no account, so the network address
    appears twice."""
    address = request.remote_addr or ""
    return address, address


def _wait(seconds: int) -> Response:
    response = _error(429, "too_many_requests", f"Too many requests. Try again in {seconds} seconds.")
    response.headers["Retry-After"] = str(seconds)
    return response


def _error(status: int, code: str, words: str) -> Response:
    return _json({"error": {"code": code, "message": words}}, status)


def _answer(content: dict[str, Any]) -> Response:
    """200, or 304 for a program that has read exactly this already."""
    response = _json(content, 200)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    conditional = response.make_conditional(request)
    assert isinstance(conditional, Response)
    return conditional


def _json(content: dict[str, Any], status: int) -> Response:
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, status, mimetype="application/json")
