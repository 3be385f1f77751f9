"""axe-core, which finds what bars the way of people who cannot see, hear, or use a mouse."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize

PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=900)
# Everything that is in order would be described as well, which takes longer than looking; and style sheets
# would be fetched again for rules that are not on.
_LOOK = "(rules) => axe.run({resultTypes: ['violations'], preload: false, rules}).then((r) => r.violations)"
_WITHOUT_COLORS = {"color-contrast": {"enabled": False}}


class Thoroughness:
    """Measuring the contrast of all texts takes more time than all other rules together, and colors come from
    a few tokens: `make test` measures it where each component is, and a full run on every page."""

    measures_every_page = False


def assert_no_barrier(page: Page, *, measures_contrast: bool = False) -> None:
    """Look the page over as it is: its size, its theme, and what is open on it."""
    measures = measures_contrast or Thoroughness.measures_every_page
    # By this way a script that was compiled on the page before is not compiled again.
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    violations: list[dict[str, Any]] = page.evaluate(_LOOK, {} if measures else _WITHOUT_COLORS)
    report = AxeResults({"violations": violations}).generate_report
    assert not violations, f"{page.url} at {page.viewport_size}:\n{report()}"
