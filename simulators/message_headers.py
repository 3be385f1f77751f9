"""Changing single headers of a message and leaving every other byte as it came."""

from __future__ import annotations

import re
from collections.abc import Iterable

_END = re.compile(rb"\r?\n\r?\n")


def without(raw: bytes, names: Iterable[str]) -> bytes:
    """The message without these headers, folded lines included."""
    head, rest = _parted(raw)
    for name in names:
        head = re.sub(rb"(?im)^" + re.escape(name.encode()) + rb":.*\n(?:[ \t].*\n)*", b"", head)
    return head + rest


def with_header(raw: bytes, name: str, value: str) -> bytes:
    """The message with this header instead of any others of its name."""
    line_end = b"\r\n" if b"\r\n" in raw else b"\n"
    return f"{name}: {value}".encode() + line_end + without(raw, (name,))


def _parted(raw: bytes) -> tuple[bytes, bytes]:
    """The headers with the end of their last line, and the empty line with what follows."""
    end = _END.search(raw)
    if end is None:
        return raw if raw.endswith(b"\n") else raw + b"\r\n", b""
    line_end = b"\r\n" if end.group().startswith(b"\r") else b"\n"
    return raw[: end.start()] + line_end, raw[end.start() + len(line_end) :]
