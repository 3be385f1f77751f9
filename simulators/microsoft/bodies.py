"""The text of an event: what Exchange makes of it, and the part of it that people use to join a Teams
meeting.

That part is not documented; this one looks like those quoted in public issues.
"""

from __future__ import annotations

import re
from html import escape, unescape

LINE_END = "<br>\r\n"

_INNER = re.compile(r"<body\b[^<>]*>(.*?)</body\s*>", re.IGNORECASE | re.DOTALL)
_HEAD = re.compile(r"<head\b.*?</head\s*>|<style\b.*?</style\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_LINE_END = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")


def kept(content: str, content_type: str) -> str:
    """The inner HTML that Exchange keeps of what was sent."""
    if content_type.lower() == "text":
        return (
            "<div>" + "<br>\r\n".join(escape(line, quote=False) for line in content.splitlines()) + "</div>"
        )
    found = _INNER.search(content)
    inner = found[1] if found else _HEAD.sub("", content)
    # Lines are broken after <br>, and nothing else is changed.
    return re.sub(r"<br\s*/?>(?:\r?\n)?", LINE_END, inner.strip())


def page(inner: str) -> str:
    """The body as Graph returns it."""
    if not inner:
        return ""
    head = '<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>'
    return f"<html>\r\n{head}\r\n<body>\r\n{inner}\r\n</body>\r\n</html>\r\n"


def text(inner: str) -> str:
    """The same as plain text."""
    lines = unescape(_TAG.sub("", _LINE_END.sub("\n", re.sub(r"\s+", " ", _HEAD.sub("", inner)))))
    return "\n".join(line.strip() for line in lines.split("\n")).strip()


def joining(link: str, number: str, passcode: str) -> str:
    """The part for joining the meeting."""
    line = (
        '<div style="width:100%; height:20px"><span style="white-space:nowrap; color:#5F5F5F;'
        f' opacity:.36">{"_" * 80}</span></div>'
    )
    return (
        f'\r\n<br>\r\n{line}\r\n<div class="me-email-text" lang="en-US" style="color:#252424">'
        '<div><span style="font-size:24px">Microsoft Teams</span></div>\r\n'
        f'<div><a class="me-email-headline" href="{escape(link)}" target="_blank">'
        "Join the meeting now</a></div>\r\n"
        f"<div><span>Meeting ID: </span><span>{number}</span></div>\r\n"
        f"<div><span>Passcode: </span><span>{passcode}</span></div></div>\r\n{line}"
    )


def has(inner: str, link: str) -> bool:
    """Whether the part for joining is still in there."""
    return link in unescape(inner)
