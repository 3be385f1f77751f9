"""What happens to every request before and after its route: address, transaction, headers."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request

from accounts import audit
from accounts.sessions import is_worth_noting, note_seen
from connections import catalogue
from database import begin_reading, begin_writing
from extensions import db
from public_address import normal_host
from security import MAIL_FRAME_POLICY, content_security_policy
from web.access import POLLS
from web.assets import theme_script_hash
from web.failures import answer
from web.row_ids import RowIdConverter
from web.signed_in import visitor
from work.outbox import hold_back_wakes, stop_holding_back_wakes

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_ANY_HOST = ("/healthz", "/webhooks/")
# Records for a moment that this browser was just redirected to the right address.
_LED_HOME, _LED_HOME_SECONDS = "led-home", 10
# Characters that email programs take for the end of an address, in text and as HTML writes them. The ranges
# are typographic quotation marks, characters without width, and East Asian brackets.
_AFTER_LINKS = re.compile(
    r"(?:&(?:amp|gt|lt|quot|nbsp|#39);|[.,;:!?()\[\]{}<>\"'*`|=&\\ \u00a0«»…‹›\u2018-\u201f"
    r"\u200b-\u200f\u2060\ufeff、。\u3008-\u3011！（）＊，．：；＞？])+\Z"
)


def init_app(app: Flask) -> None:
    policy = content_security_policy(_consent_origins(app), [theme_script_hash()])
    own_host = urlsplit(app.config["BASE_URL"]).netloc
    scheme = urlsplit(app.config["BASE_URL"]).scheme
    on_every_page = _headers(policy, is_https=app.config["SESSION_COOKIE_SECURE"])
    on_framed_mail = _headers(MAIL_FRAME_POLICY, is_https=app.config["SESSION_COOKIE_SECURE"])

    # Before the blueprints, whose addresses use it.
    app.url_map.converters["int"] = RowIdConverter

    @app.before_request
    def begin() -> Response | None:
        g.request_id = secrets.token_hex(6)
        g.let_wakes_go = hold_back_wakes()
        if "\0" in request.path:
            # No address contains one, and PostgreSQL fails on it instead of finding nothing.
            abort(404)
        if request.method == "HEAD":
            # A GET whose body no one needs: Werkzeug, which asks the environment, leaves it out. A route that
            # asks for the method must not take it for a form, because it has no form token.
            request.method = "GET"
        if request.method in _READS:
            begin_reading()
        else:
            begin_writing()
        audit.acting_from(request.remote_addr or "")
        if (
            request.host != own_host
            and normal_host(request.host, scheme) != own_host
            and not request.path.startswith(_ANY_HOST)
        ):
            return _at_home(own_host)
        return _without_what_followed_the_link()

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        # Anything that runs next in this thread and is not a request, such as a command or a test, may write.
        begin_writing()
        audit.acting_from("")
        stop_holding_back_wakes()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        framed = headers.pop("X-Framed-Mail", None)
        here = {name for name, _ in headers}
        for name, value in on_every_page if framed is None else on_framed_mail:
            # A route may have set something stricter.
            if name not in here:
                headers.add(name, value)
        headers.add("X-Request-Id", g.get("request_id", ""))
        if "let_wakes_go" in g:
            response.call_on_close(g.let_wakes_go)
        if request.endpoint != "static":
            # Pages about people must not be cached, not even by the browser.
            headers["Cache-Control"] = "no-store"
        return response

    @app.after_request
    def remember(response: Response) -> Response:
        if request.endpoint in POLLS or not _was_served(response):
            return response
        here = visitor()
        if here is not None and is_worth_noting(here.last_seen_at):
            # The request's own transaction is over; this is another one, which is rare.
            db.session.rollback()
            note_seen(here.session_id)
        return response


def _headers(policy: str, *, is_https: bool) -> list[tuple[str, str]]:
    """The headers of every response, with its content security policy."""
    headers = [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        # The form protection of https needs a referrer of our own pages, so `no-referrer` would break it.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        # Pages are for people who signed in, or whose address is a key.
        ("X-Robots-Tag", "noindex"),
    ]
    return [*headers, ("Strict-Transport-Security", "max-age=31536000")] if is_https else headers


def _was_served(response: Response) -> bool:
    """Whether a route answered. Refusals may come before anyone asked the database who this is."""
    return response.status_code < 400 or response.status_code == 422


def _at_home(own_host: str) -> Response:
    """Redirect to the same page at the public address, which emails and cookies use.

    Behind a proxy that does not pass on the host, every request looks as if it came to another address, and
    even the right one would redirect to itself forever. A browser that was redirected a moment ago, or a
    proxy that says so, gets a page that names the setting instead.
    """
    asked = request.host
    if request.method not in _READS:
        abort(400, "This server is known under another address.")
    through = request.headers.get("X-Forwarded-Host", "").rpartition(",")[2].strip()
    is_proxied = normal_host(through, urlsplit(current_app.config["BASE_URL"]).scheme) == own_host
    if is_proxied or _LED_HOME in request.cookies:
        return answer(
            400,
            "The server's address is set up differently",
            f"BASE_URL is {current_app.config['BASE_URL']}, but the request that arrived here asked for "
            f"{asked}. "
            "If a proxy is in front, it has to pass on the host (nginx: proxy_set_header Host $host;). "
            "Otherwise set BASE_URL to the address that people use.",
        )
    response = redirect(current_app.config["BASE_URL"] + request.full_path.rstrip("?"), 302)
    assert isinstance(response, Response)
    response.set_cookie(_LED_HOME, "1", max_age=_LED_HOME_SECONDS, httponly=True, samesite="Lax")
    return response


def _without_what_followed_the_link() -> Response | None:
    """The address that was meant by a link to which an email program added the character after it:
    `…/j/abc).` None of our addresses ends like that.
    """
    last = request.path[-1:]
    if last.isalnum() or last in "/-_":
        return None
    path = _AFTER_LINKS.sub("", request.path)
    if path == request.path or request.method not in _READS or len(path) < 2:
        return None
    query = request.query_string.decode("ascii", "replace")
    # One slash at the beginning: two would name another host.
    target = "/" + quote(path.lstrip("/")) + (f"?{query}" if query else "")
    response = redirect(target, 302)
    assert isinstance(response, Response)
    return response


def _consent_origins(app: Flask) -> list[str]:
    """Where our forms send people who connect an app."""
    addresses = [spec.consent_url(app.config) for spec in catalogue.available() if spec.consent_url]
    return sorted({_origin(address) for address in addresses})


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
