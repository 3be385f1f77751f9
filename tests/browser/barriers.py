"""axe-core, which finds barriers for people who cannot see, hear, or use a mouse."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize

PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=900)
# Otherwise everything that is in order would be described as well, which takes longer than checking it; and
# style sheets would be fetched again for rules that are turned off.
_LOOK = "(rules) => axe.run({resultTypes: ['violations'], preload: false, rules}).then((r) => r.violations)"
_WITHOUT_COLORS = {"color-contrast": {"enabled": False}}


class Thoroughness:
    """How much to check. Measuring the contrast of all texts takes more time than all other rules together,
    and colors come from a few tokens: `make test` measures it on the page with every component, and a full
    run on every page."""

    measures_every_page = False


def assert_no_barrier(page: Page, *, measures_contrast: bool = False) -> None:
    """Check the page as it is now: in its size and theme, with what is open on it."""
    measures = measures_contrast or Thoroughness.measures_every_page
    # This way, a script that was compiled on the previous page is not compiled again.
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    violations: list[dict[str, Any]] = page.evaluate(_LOOK, {} if measures else _WITHOUT_COLORS)
    report = AxeResults({"violations": violations}).generate_report
    assert not violations, f"{page.url} at {page.viewport_size}:\n{report()}"
