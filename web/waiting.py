"""The answer to someone who tries too often."""

from __future__ import annotations

from flask import Response, make_response, render_template

from wording import counted


def too_many_tries(seconds: int, *, back_url: str, back_label: str) -> Response:
    """A page that says how long to wait; programs find the same in `Retry-After`."""
    page = render_template(
        "errors/too_many_tries.html", wait=_span(seconds), back_url=back_url, back_label=back_label
    )
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _span(seconds: int) -> str:
    if seconds < 90:
        return counted(seconds, "second")
    return f"{-(-seconds // 60)} minutes"
