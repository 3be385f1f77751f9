"""The text of an event as HTML: ours, and the part with which people join a Teams meeting.

Microsoft puts that part into the body, together with what links the event to its meeting. A body that is
replaced as a whole loses both: the event may stop being an online meeting, or get another link. So in an
online meeting, only what comes before that part is ever changed. Source: "Update event" in Graph's reference,
which says to keep the part; how it can be recognized is not documented, and is known from bodies alone.
"""

import html
import re
from typing import Any

from providers.answers import optional_text

# Microsoft states no limit.
MAX_TEXT = 30_000

_HEAD = re.compile(r"<head\b.*?</head\s*>|<style\b.*?</style\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_LINE_END = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_BODY_TAG = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
# What the part begins with: the long line above it, inside whatever elements, or the element of the part
# itself. Mail programs put "x_" before the names of others.
_LINE = r"<(?:div|p)\b[^<>]*>\s*(?:<(?:span|font|div|b)\b[^<>]*>\s*)*_{20,}"
_PART = r"<div\b[^<>]*(?:class=[\"']?[^\"'<>]*me-email-text|id=[\"']?(?:x_)*divskypemeeting)[^<>]*>"
_JOINING = re.compile(f"{_LINE}|{_PART}", re.IGNORECASE)


def written(text: str) -> dict[str, str]:
    """Return the body of an event that says this text."""
    return {"contentType": "html", "content": f"<html><body>{_as_html(text)}</body></html>"}


def rewritten(event: dict[str, Any], text: str, join_url: str) -> dict[str, str] | None:
    """Return the body of an online meeting with another text before the part for joining; None if that part
    is not found for certain, so that the body has to stay as it is."""
    content, is_html = _content(event)
    start = _joining_at(content)
    if not is_html or start is None:
        return None
    part = content[start:]
    if not join_url or join_url not in html.unescape(part):
        return None
    body = _BODY_TAG.search(content, 0, start)
    before = content[: body.end()] if body else "<html><body>"
    end = "" if _BODY_END.search(part) else "</body></html>"
    return {"contentType": "html", "content": f"{before}{_as_html(text)}{part}{end}"}


def text_in(event: dict[str, Any]) -> str:
    """Return what an event says as plain text, without the part for joining a meeting."""
    content, is_html = _content(event)
    if not is_html:
        return content.replace("\r\n", "\n").strip()
    content = content[: _joining_at(content)]
    # Line ends of the source mean no more than spaces.
    shown = re.sub(r"\s+", " ", _HEAD.sub("", content))
    lines = html.unescape(_TAG.sub("", _LINE_END.sub("\n", shown))).replace("\xa0", " ").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def _content(event: dict[str, Any]) -> tuple[str, bool]:
    body = event.get("body")
    if not isinstance(body, dict):
        return "", False
    return optional_text(body, "content"), optional_text(body, "contentType").lower() == "html"


def _joining_at(content: str) -> int | None:
    found = _JOINING.search(content)
    return found.start() if found else None


def _as_html(text: str) -> str:
    text = text.replace("\r\n", "\n")
    text = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    return f"<div>{'<br>'.join(html.escape(text, quote=False).split(chr(10)))}</div>"
