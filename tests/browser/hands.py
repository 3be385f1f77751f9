"""What a person's hands do on a page, counted: clicks with a mouse that never scrolls, and keys."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

# The height of the window: what is above this can be seen without scrolling.
FOLD = 800


class Hands:
    """The hands of one person on one page. `film` is a folder for a picture of each screen, or None."""

    def __init__(self, page: Page, film: Path | None = None) -> None:
        self.page, self._film = page, film
        self.clicks = self.keys = self._pictures = 0

    def click(self, target: Locator, *, may_scroll: bool = False) -> None:
        """Click in the middle of what can be seen, and never on something that covers it."""
        expect(target).to_be_visible()
        if may_scroll:
            target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= FOLD, f"{target} is below the fold: {box}"
        # Playwright refuses to click where something else would be hit.
        target.click(no_wait_after=True)
        self.clicks += 1

    def press(self, keys: str) -> None:
        """Press keys; a combination such as Control+Enter counts as one."""
        self.page.keyboard.press(keys)
        self.keys += keys.count("+") + 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def tab_to(self, target: Locator, most: int = 30) -> None:
        """Press Tab until the target has the focus."""
        for _ in range(most):
            self.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab did not reach {target}")

    def look(self, name: str) -> None:
        """Keep what is on the screen now for the filmstrip."""
        self._pictures += 1
        if self._film is not None:
            self.page.wait_for_load_state("networkidle")
            self._film.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self._film / f"{self._pictures}-{name}.png")
