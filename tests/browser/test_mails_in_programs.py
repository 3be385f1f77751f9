"""Mails as mail programs draw them: with all of their CSS, and with the part of it that Word's engine
supports."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.messaging.test_letters import LETTERS
from tests.messaging.word_engine import as_word_shows

HTML = LETTERS["invitation-own-words-and-files-hiring-manager-zurich"].html


def show(page: Page, html: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(html)


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


@pytest.mark.browser
@pytest.mark.parametrize(("html", "width"), [(as_word_shows(HTML), 1100), (HTML, 1100), (HTML, 360)])
def test_card_and_button_keep_their_room(browser_page: Page, html: str, width: int) -> None:
    show(browser_page, html, width)
    card, button = box(browser_page, ".card"), box(browser_page, ".button-cell")
    assert card["width"] == pytest.approx(min(600, width), abs=2)
    assert abs(card["x"] - (width - card["width"]) / 2) <= 10
    assert button["height"] >= 44
    panel, passcode = box(browser_page, ".panel"), box(browser_page, "td:has(> strong)")
    assert button["y"] - (panel["y"] + panel["height"]) >= 20
    # The distance is inside the cell.
    words = box(browser_page, "td:has(> strong) > strong")
    assert words["y"] - (button["y"] + button["height"]) >= 8
    assert passcode["y"] >= button["y"] + button["height"]
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [1100, 360])
def test_the_whole_button_can_be_clicked_on(browser_page: Page, width: int) -> None:
    show(browser_page, HTML, width)
    cell, link = box(browser_page, ".button-cell"), box(browser_page, ".button")
    assert link["height"] == pytest.approx(cell["height"], abs=2)
    assert link["width"] == pytest.approx(cell["width"], abs=2)
