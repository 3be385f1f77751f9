"""The only module that knows htmx: whether a request came from it, and the headers that it understands."""

from __future__ import annotations

from flask import Flask, Response, redirect, request
from htmx_flask import Htmx

_htmx = Htmx()


def init_app(app: Flask) -> None:
    _htmx.init_app(app)


def is_htmx() -> bool:
    """Whether the page requested a part of itself. Only the form of the response may depend on it."""
    return bool(request.htmx)  # type: ignore[attr-defined]  # htmx-flask adds it to the request class


def varies(response: Response) -> Response:
    """Declare that this address answers htmx differently, so that no cache mixes up the two responses."""
    response.vary.add("HX-Request")
    return response


def go_to(address: str) -> Response:
    """Send the browser to another page, whether or not htmx asked. htmx would follow a redirect status inside
    the fragment, so it gets its own header instead."""
    if not is_htmx():
        response = redirect(address, 303)
        assert isinstance(response, Response)
        return varies(response)
    response = Response(status=200)
    response.headers["HX-Redirect"] = address
    return varies(response)


def at_address(response: Response, address: str) -> Response:
    """Let the browser's bar show this address: a form has chosen what the page shows, and its fields make an
    address with everything that was left as it is."""
    if is_htmx():
        response.headers["HX-Replace-Url"] = address
    return varies(response)


def nothing_new() -> Response:
    """The answer to a poll when nothing has changed."""
    return varies(Response(status=204))
