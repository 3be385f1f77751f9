"""The cookie that identifies a browser that has signed in before."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from services import services

_LIFETIME = timedelta(days=180)


def named(email: str) -> str | None:
    """What to count this request's browser under when it tries this address; None for an unknown browser."""
    browsers = services().known_browsers
    return browsers.browser_of(email, request.cookies.get(_name(email)))


def remember(email: str) -> None:
    """Mark the browser as one that has signed in to this address, with the answer to this request."""
    if named(email) is not None:
        return

    @after_this_request
    def mark(response: Response) -> Response:
        response.set_cookie(
            _name(email),
            services().known_browsers.new_mark(email),
            max_age=_LIFETIME,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _name(email: str) -> str:
    # Browsers let only this server, and only over https, set a cookie with this prefix.
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return prefix + services().known_browsers.name_for(email)
