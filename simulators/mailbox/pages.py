"""The mailbox's pages: the list, one mail as its reader sees it, its files."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulators.mailbox.calendar_files import calendar_files
from simulators.mailbox.store import Mail, MailStore, parsed, part_bytes

pages = Blueprint("pages", __name__)

# The email's own HTML gets no scripts, no origin, and no images from elsewhere; its links open a new tab.
MAIL_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline';"
    " img-src data:; frame-ancestors 'self'"
)
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
VIEWS = ("html", "text", "headers", "source")


def store() -> MailStore:
    """The mails of the mailbox that the current request was sent to."""
    found = current_app.extensions["mails"]
    assert isinstance(found, MailStore)
    return found


@pages.get("/")
def inbox() -> str:
    to = request.args.get("to") or None
    return render_template(
        "mailbox/inbox.html", mails=list(reversed(store().all(to))), recipients=store().recipients(), to=to
    )


@pages.post("/clear")
def clear() -> BaseResponse:
    store().clear()
    return redirect(url_for("pages.inbox"), 303)


@pages.get("/mails/<int:mail_id>")
def show(mail_id: int) -> str:
    mail, raw = _mail(mail_id)
    message = parsed(raw)
    html, text = _body(message, "html"), _body(message, "plain")
    view = request.args.get("view") or ("html" if html is not None else "text")
    if view not in VIEWS:
        abort(404)
    return render_template(
        "mailbox/mail.html",
        mail=mail,
        message=message,
        view=view,
        has_html=html is not None,
        text=text,
        source=raw.decode("utf-8", "replace"),
        calendars=calendar_files(message),
        attachments=[(number, part) for number, part in enumerate(message.walk()) if part.get_filename()],
    )


@pages.get("/mails/<int:mail_id>/html")
def html_part(mail_id: int) -> Response:
    """The HTML part alone, for the frame."""
    _, raw = _mail(mail_id)
    html = _body(parsed(raw), "html")
    if html is None:
        abort(404)
    base = '<base target="_blank">'
    head = HEAD.search(html)
    html = html[: head.end()] + base + html[head.end() :] if head else base + html
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": MAIL_CSP})


@pages.get("/mails/<int:mail_id>/files/<int:number>")
def attachment(mail_id: int, number: int) -> Response:
    """The nth part of the message as a download."""
    _, raw = _mail(mail_id)
    parts = dict(enumerate(parsed(raw).walk()))
    name = parts[number].get_filename() if number in parts else None
    if name is None:
        abort(404)
    response = Response(part_bytes(parts[number]), mimetype=parts[number].get_content_type())
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _mail(mail_id: int) -> tuple[Mail, bytes]:
    found = store().get(mail_id)
    if found is None:
        abort(404)
    return found


def _body(message: EmailMessage, kind: str) -> str | None:
    """The readable part of that kind, decoded; None when the mail has none."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    return part_bytes(part).decode(part.get_content_charset("utf-8"), "replace")
