"""How long a request may be: short everywhere, longer only where people who are signed in send files."""

from __future__ import annotations

from flask import Flask, request, session

from scheduling.drafts.attachments import MEGABYTE, MOST_BYTES_TOGETHER

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
    # The signed cookie says enough here: to ask whether the session still lives would hold a transaction open
    # for as long as the files are on their way.
    return request.endpoint == "schedule_interview.step" and step == "details" and "_user_id" in session
