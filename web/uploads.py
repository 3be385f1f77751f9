"""How long a request may be: very short from strangers, longest where people who are signed in send files."""

from __future__ import annotations

from flask import Flask, request, session

from scheduling.drafts.attachments import MEGABYTE, MOST_BYTES_TOGETHER

# Some more than is allowed in all, so that whoever sends a little too much is told in words beside the field
# and keeps what they typed. What is far too much is cut off before anything of it is read.
_UPLOAD_BYTES = MOST_BYTES_TOGETHER + 20 * MEGABYTE
# Taking a long form apart costs seconds, and looking for its token does that before anyone is asked who they
# are. The longest form for people who are not signed in has a handful of short fields.
_BYTES_WITHOUT_SIGN_IN = 64 * 1024


def init_app(app: Flask) -> None:
    """Has to be called before anything that reads forms."""

    @app.before_request
    def limit_what_is_read() -> None:
        if _takes_files():
            request.max_content_length = _UPLOAD_BYTES
        elif "_user_id" not in session:
            request.max_content_length = _BYTES_WITHOUT_SIGN_IN


def _takes_files() -> bool:
    step = (request.view_args or {}).get("step")
    # The signed cookie says enough here: to ask whether the session still lives would hold a transaction open
    # for as long as the files are on their way.
    return request.endpoint == "schedule_interview.step" and step == "details" and "_user_id" in session
