"""How long a request may be: very short from strangers, longest where signed-in people upload files."""

from __future__ import annotations

from flask import Flask, request, session

from hiring import files
from scheduling.drafts import attachments
from scheduling.files.keeping import MEGABYTE

# A little more than is allowed in total, so that someone who sends slightly too much gets a message beside
# the field and keeps what they typed. Far too much is rejected before any of it is read.
_BEYOND = 20 * MEGABYTE
_UPLOAD_BYTES = {
    "schedule_interview.step": attachments.MOST_BYTES_TOGETHER + _BEYOND,
    "interview_plans.new_template": attachments.MOST_BYTES_TOGETHER + _BEYOND,
    "interview_plans.edit_template": attachments.MOST_BYTES_TOGETHER + _BEYOND,
    "interview_plans.new_default": attachments.MOST_BYTES_TOGETHER + _BEYOND,
    "interview_plans.edit_default": attachments.MOST_BYTES_TOGETHER + _BEYOND,
    "hiring.add_files": files.MOST_BYTES_TOGETHER + _BEYOND,
    "hiring.new_candidate": files.MOST_BYTES_TOGETHER + _BEYOND,
}
# Parsing a long form takes seconds, and looking for its token does that before anyone has to sign in. The
# longest form for people who are not signed in has a handful of short fields.
_BYTES_WITHOUT_SIGN_IN = 64 * 1024


def init_app(app: Flask) -> None:
    """Must be called before anything that reads forms."""

    @app.before_request
    def limit_what_is_read() -> None:
        if _takes_files():
            request.max_content_length = _UPLOAD_BYTES[request.endpoint or ""]
        elif "_user_id" not in session:
            request.max_content_length = _BYTES_WITHOUT_SIGN_IN


def _takes_files() -> bool:
    step = (request.view_args or {}).get("step", "details")
    # The signed cookie is enough here: checking whether the session is still valid would hold a transaction
    # open while the files are being uploaded.
    return request.endpoint in _UPLOAD_BYTES and step == "details" and "_user_id" in session
