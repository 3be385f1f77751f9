"""Reads and writes rows directly, alongside the requests that a test makes."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from database import writing


@contextmanager
def in_rows(app: Flask) -> Iterator[None]:
    """Let a block read and write the rows of `app` outside any request."""
    # A request of this thread may have left its read-only mark behind.
    with app.app_context(), writing():
        yield
