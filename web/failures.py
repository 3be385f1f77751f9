"""Error pages: what happened, in words, for a page and for a piece of one."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

import htmx
from database import begin_reading
from extensions import db
from scheduling.software import DEFAULT
from services import services

log = logging.getLogger("web")

_PAGES = {
    400: (
        "That didn't work",
        "We couldn't understand that request. Go back, reload the page and try again.",
    ),
    401: ("You're signed out", "Sign in again to continue."),
    403: (
        "You don't have access",
        "Ask an owner or admin.",
    ),
    404: ("Page not found", "This page doesn't exist, or you don't have access."),
    405: ("That didn't work", "This page can't be opened this way. Go back and try again."),
    410: ("No longer here", "This page has done its job and is gone."),
    413: ("Too large", "What you sent is larger than this server accepts."),
    422: ("Something is missing", "Please check what you typed."),
    500: ("Our mistake", "Something went wrong on this server. Nothing was lost. Please try again."),
    503: (
        "Not possible right now",
        "The database isn't available right now. Nothing was saved. Please try again in a minute.",
    ),
}


def init_app(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def form_is_stale(error: CSRFError) -> Response:
        words = "This form was open too long or belongs to another sign-in. Reload the page and try again."
        # 419 is what the pages' htmx settings show in the message line, so that typed text stays.
        return answer(419 if htmx.is_htmx() else 400, "Please send it again", words, in_frame=True)

    @app.errorhandler(OperationalError)
    def database_is_away(error: OperationalError) -> Response:
        log.error("the database cannot be used: %s", error.orig)
        db.session.rollback()
        return answer(503, *_PAGES[503])

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:
            response = error.response
            assert isinstance(response, Response)
            return response
        code = error.code or 500
        page = _PAGES.get(code, (error.name, "Please go back and try again."))
        return answer(code, *page, in_frame=code < 500)

    @app.errorhandler(500)
    def our_mistake(error: Exception) -> Response:
        db.session.rollback()
        return answer(500, *_PAGES[500])


def answer(code: int, title: str, words: str, *, in_frame: bool = False) -> Response:
    """An error page or a piece of one. `in_frame`: someone who is signed in keeps the navigation around it.

    Without the frame, it is made without the context of other pages, which reads the organization and the
    person from the database: the database may be what failed.
    """
    context = {"code": code, "title": title, "words": words, "request_id": g.get("request_id", "")}
    if htmx.is_htmx():
        response = make_response(_bare("errors/_fragment.html", context), code)
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
        return htmx.varies(response)
    page = _framed(context) if in_frame else None
    return htmx.varies(make_response(page or _bare("errors/error.html", context), code))


def _framed(context: dict[str, Any]) -> str | None:
    """The page with the frame around it; None for those who are not signed in, and without a database."""
    # A form may be refused before the first statement, and only to say so must not wait for the writers.
    begin_reading()
    try:
        if not current_user.is_authenticated:
            return None
        return render_template("errors/error.html", frame="base.html", **context)
    except SQLAlchemyError:
        db.session.rollback()
        return None


def _bare(template: str, context: dict[str, Any]) -> str:
    demo = services().demo
    return current_app.jinja_env.get_template(template).render(
        frame="base_plain.html",
        app_name=current_app.config["APP_NAME"],
        is_demo=demo is not None,
        demo_mailbox_url=demo.mailbox_url if demo else None,
        demo_provider_url=demo.provider_url if demo else None,
        demo_provider=DEFAULT.label,
        **context,
    )
