"""A form that could not be accepted as it was sent: what of it a page can hold, to be sent once more."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import request, session

from web.browser_tokens import form_token

# Not written into a page to be sent again: what people keep to themselves, by the names of the fields. The
# password of today is asked for as `current`.
_SECRET = re.compile(r"passw|secret|code|^current$|token(?<!csrf_token)", re.IGNORECASE)
_FORM_TOKEN = "csrf_token"


def sent_again(*, with_new_token: bool = False) -> dict[str, Any] | None:
    """Address and fields of this request, for a form that sends it again. None where it carries files, which
    a page cannot send again, or a secret, which has no place in a page.

    `with_new_token`: with the token of this browser's session, and not with the one that was sent. Only for a
    request that `is_from_here`: anyone who could have us do this for a page of theirs would only have to wait
    for a click.
    """
    # One slash at the beginning: two would name another host.
    address = "/" + request.full_path.rstrip("?").lstrip("/")
    if request.method != "POST":
        return {"address": address, "fields": None}
    fields = list(request.form.items(multi=True))
    if any(value and _SECRET.search(name) for name, value in fields) or any(
        sent.filename for sent in request.files.values()
    ):
        return None
    if with_new_token:
        fields = [(name, value) for name, value in fields if name != _FORM_TOKEN]
        fields.append((_FORM_TOKEN, form_token()))
    return {"address": address, "fields": fields}


def typed_words() -> list[str]:
    """The texts of several words in this request, to be shown and copied; without what may be a secret."""
    return [
        text
        for name, text in request.form.items(multi=True)
        if len(text.split()) > 1 and not _SECRET.search(name)
    ]


def is_from_here() -> bool:
    """Whether the browser says that a page of this server sent this request. Browsers say so themselves, and
    no page can make them say anything else."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Over plain http, except on the same machine, browsers only name the origin.
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def outlived_its_session() -> bool:
    """Whether this is a form with something in it, from a browser whose sign-in has ended."""
    return (
        request.method == "POST"
        and "_user_id" in session
        and any(value for name, value in request.form.items() if name != _FORM_TOKEN)
    )
