"""Files that are sent to be stored: what people uploaded, and an interview for a calendar."""

from __future__ import annotations

import io

from flask import Response, abort, make_response, send_file

from models import Attachment
from services import services

# If a browser shows it anyway, it may do nothing and belongs to no site.
_SHUT_OFF = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def as_download(attachment: Attachment) -> Response:
    """The file under its original name. No matter what is in it, no browser shows or runs it on this site."""
    try:
        content = services().attachment_files.read(attachment.stored_as)
    except OSError:
        abort(404)
    response = send_file(
        io.BytesIO(content),
        mimetype=attachment.content_type,
        as_attachment=True,
        download_name=attachment.name,
    )
    response.headers["Content-Security-Policy"] = _SHUT_OFF
    return response


def as_calendar_file(content: bytes) -> Response:
    """One published interview, which calendars accept without sending a reply."""
    response = make_response(content)
    response.headers["Content-Type"] = "text/calendar; method=PUBLISH; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="interview.ics"'
    return response
