"""Error pages: what happened, in words, for a page and for a piece of one."""

from __future__ import annotations

import errno
import logging
import sqlite3
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

import htmx
from database import begin_reading
from extensions import db
from services import services
from web import access
from web.sent_forms import is_from_here, sent_again, typed_words
from web.signed_in import visitor

log = logging.getLogger("web")

_PAGES = {
    400: (
        "That didn't work",
        "We couldn't understand that request. Go back, reload the page and try again.",
    ),
    401: ("You're signed out", "Your session has ended. Please sign in again."),
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
_NO_DISK = (
    "Not possible right now",
    "This server's disk is full, or can't be written to. Nothing was saved. "
    "The person who looks after the server has to fix that; then try again.",
)
_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_POSTGRESQL_DISK_FULL = "53100"
_RETRY_AFTER_SECONDS = 60
_SIGNED_OUT_SINCE = "You were signed out, or signed in again, after you opened this form."
_OPEN_TOO_LONG = "This page was open too long."


def init_app(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def form_is_stale(error: CSRFError) -> Response:
        title, is_public = "Please send it again", access.is_public(request.endpoint)
        words = _OPEN_TOO_LONG if is_public else _SIGNED_OUT_SINCE
        if htmx.is_htmx():
            # 419 is what the pages' htmx settings show in the message line, so that typed text stays.
            return answer(419, title, f"{words} What you typed is still here: copy it, then reload the page.")
        more = _sent_later(is_public=is_public)
        words = words if more else f"{words} Reload the page and try again."
        return answer(400, title, words, in_frame=True, more=more)

    @app.errorhandler(OperationalError)
    def database_is_away(error: OperationalError) -> Response:
        log.error("the database cannot be used: %s", error.orig)
        db.session.rollback()
        return _try_again_later(*(_NO_DISK if _is_of_the_disk(error.orig) else _PAGES[503]))

    @app.errorhandler(PoolTimeoutError)
    def database_is_busy(error: PoolTimeoutError) -> Response:
        log.error("all connections to the database are in use: %s", error)
        return _try_again_later(*_PAGES[503])

    @app.errorhandler(OSError)
    def disk_is_full(error: OSError) -> Response:
        if error.errno not in _OF_THE_DISK:
            raise error
        log.error("the disk takes nothing: %s", error)
        db.session.rollback()
        return _try_again_later(*_NO_DISK)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:
            response = error.response
            assert isinstance(response, Response)
            return response
        code = error.code or 500
        page = _PAGES.get(code, (error.name, "Please go back and try again."))
        more = _sent_later(is_public=False) if code == 401 else None
        return answer(code, *page, in_frame=code < 500, more=more)

    @app.errorhandler(500)
    def our_mistake(error: Exception) -> Response:
        db.session.rollback()
        return answer(500, *_PAGES[500])


def _is_of_the_disk(error: BaseException | None) -> bool:
    """Whether the database could not write its files, as opposed to waiting for another writer."""
    if getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
        return True
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    )


def _sent_later(*, is_public: bool) -> dict[str, Any] | None:
    """What a page shows of a form that arrived after its sign-in: its texts, and a button that sends it again
    for the person who is signed in now. None for a form that another site may have sent.
    """
    if request.method != "POST" or not is_from_here():
        return None
    begin_reading()
    try:
        sender = visitor()
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return {
        "sends_again": sent_again(with_new_token=True),
        "was_form": True,
        "typed": typed_words(),
        "needs_sign_in": sender is None and not is_public,
        "sender": sender.name if sender is not None and not is_public else None,
    }


def _try_again_later(title: str, words: str) -> Response:
    """503, with a button that sends the same request again, including what was typed."""
    context = {"sends_again": sent_again(), "was_form": request.method == "POST"}
    response = answer(503, title, words, more=context)
    response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def answer(
    code: int, title: str, words: str, *, in_frame: bool = False, more: dict[str, Any] | None = None
) -> Response:
    """An error page or a piece of one. `in_frame`: someone who is signed in keeps the navigation around it.
    `more` is what the page shows beyond the words.

    Without the frame, it is made without the context of other pages, which reads the organization and the
    person from the database: the database may be what failed.
    """
    context = {
        "code": code,
        "title": title,
        "words": words,
        "request_id": g.get("request_id", ""),
        "sends_again": None,
        "was_form": False,
        "typed": (),
        "needs_sign_in": False,
        "sender": None,
        **(more or {}),
    }
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
        demo_providers=demo.provider_urls if demo else {},
        **context,
    )
