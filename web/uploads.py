"""How long a request may be: short everywhere, longer only where files are sent in."""

from __future__ import annotations

from flask import Flask, request

from scheduling.attachments import MEGABYTE, MOST_BYTES_TOGETHER

# Some more than is allowed in all, so that whoever sends a little too much is told in words beside the field
# and keeps what they typed. What is far too much is cut off before anything of it is read.
_UPLOAD_BYTES = MOST_BYTES_TOGETHER + 20 * MEGABYTE


def init_app(app: Flask) -> None:
    """Has to be called before anything that reads forms."""

    @app.before_request
    def allow_files() -> None:
        if _takes_files():
            request.max_content_length = _UPLOAD_BYTES


def _takes_files() -> bool:
    step = (request.view_args or {}).get("step")
    return request.endpoint == "schedule_interview.step" and step == "details"
