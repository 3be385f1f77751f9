"""What every request goes through before and after its route: address, transaction, headers."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_login import current_user

from accounts import audit
from accounts.sessions import is_worth_noting, note_seen
from connections import catalogue
from database import begin_reading, begin_writing
from extensions import db
from security import MAIL_FRAME_POLICY, content_security_policy
from web.access import POLLS
from web.assets import theme_script_hash
from web.row_ids import RowIdConverter

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_ANY_HOST = ("/healthz", "/webhooks/")


def init_app(app: Flask) -> None:
    policy = content_security_policy(_consent_origins(app), [theme_script_hash()])
    own_host = urlsplit(app.config["BASE_URL"]).netloc.lower()

    # Before the blueprints, whose addresses use it.
    app.url_map.converters["int"] = RowIdConverter

    @app.before_request
    def begin() -> Response | None:
        g.request_id = secrets.token_hex(6)
        if "\0" in request.path:
            # No address holds one, and PostgreSQL fails on it instead of finding nothing.
            abort(404)
        if request.method == "HEAD":
            # A GET whose body nobody wants: Werkzeug, which asks the environment, leaves it out. A route that
            # asks for the method must not take it for a form, because it has no form token.
            request.method = "GET"
        if request.method in _READS:
            begin_reading()
        else:
            begin_writing()
        audit.acting_from(request.remote_addr or "")
        if request.host.lower() != own_host and not request.path.startswith(_ANY_HOST):
            return _at_home()
        return None

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        # Whatever runs next in this thread and is no request, such as a command or a test, may write.
        begin_writing()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        framed = response.headers.get("X-Framed-Mail")
        headers.pop("X-Framed-Mail", None)
        headers.setdefault("Content-Security-Policy", MAIL_FRAME_POLICY if framed else policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        # The form protection of https needs a referrer of our own pages, so `no-referrer` would break it.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("X-Request-Id", g.get("request_id", ""))
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            # Pages about people belong in no cache, the browser's own included.
            headers["Cache-Control"] = "no-store"
        return response

    @app.after_request
    def remember(response: Response) -> Response:
        if request.endpoint in POLLS or not _was_served(response):
            return response
        if current_user.is_authenticated:
            session_id, last_seen_at = current_user.seen
            if is_worth_noting(last_seen_at):
                # The request's own transaction is over; this is another, and a rare one.
                db.session.rollback()
                note_seen(session_id)
        return response


def _was_served(response: Response) -> bool:
    """Whether a route answered. Refusals may come before anyone asked the database who this is."""
    return response.status_code < 400 or response.status_code == 422


def _at_home() -> Response:
    """The same page at the address that people are told; mails and cookies belong to that one."""
    if request.method not in _READS:
        abort(400, "This server is known under another address.")
    response = redirect(current_app.config["BASE_URL"] + request.full_path.rstrip("?"), 302)
    assert isinstance(response, Response)
    return response


def _consent_origins(app: Flask) -> list[str]:
    """Where our forms lead people who connect an app."""
    addresses = [spec.consent_url(app.config) for spec in catalogue.available() if spec.consent_url]
    return sorted({_origin(address) for address in addresses})


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
