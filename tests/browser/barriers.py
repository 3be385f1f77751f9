"""axe-core, which finds what bars the way of people who cannot see, hear, or use a mouse."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

# Everything that is in order would be described as well, which takes longer than looking.
_LOOK = "axe.run({resultTypes: ['violations']}).then(({violations}) => violations)"


def assert_no_barrier(page: Page) -> None:
    """Look the page over as it is: its size, its theme, and what is open on it."""
    page.evaluate(AXE_SCRIPT)
    violations: list[dict[str, Any]] = page.evaluate(_LOOK)
    report = AxeResults({"violations": violations}).generate_report
    assert not violations, f"{page.url} at {page.viewport_size}:\n{report()}"
