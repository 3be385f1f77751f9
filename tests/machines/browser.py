"""Chromium through Playwright, and the list of everything it complains about."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, WebError, expect, sync_playwright

from tests.machines.processes import MachineError

# The first is the quickest: the same browser without the frame around its pages.
_EXECUTABLES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    # Compiling a script for speed takes longer than running it once, and a test looks at a page once.
    "--js-flags=--no-opt --no-maglev",
    # The shared memory of containers is too small for Chromium.
    "--disable-dev-shm-usage",
    # The browser stays on this machine like the tests themselves.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# How long a test waits for a state of a page. The limit costs nothing when the state arrives, and a machine
# that is busy with other things may take its time. Tests about how soon something arrives set their own
# limit.
PATIENCE_MS = 20_000
# Chromium reports every answer of 400 and above as a failure to load. For us 422 is the ordinary answer to a
# form that needs another look, and contains the form.
_EXPECTED_ALWAYS = (re.compile(r"the server responded with a status of 422\b"),)


class BrowserComplaints:
    """Console errors, uncaught exceptions and violations of the content security policy, over all pages."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._expected: list[re.Pattern[str]] = list(_EXPECTED_ALWAYS)

    def expect(self, pattern: str) -> None:
        """Let complaints that match the regular expression pass in this test."""
        self._expected.append(re.compile(pattern))

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a context, including pages opened later."""
        context.on("console", self._console)
        context.on("weberror", self._web_error)

    def unexpected(self) -> list[str]:
        """Return the complaints that the test did not expect, in order."""
        return [line for line in self._seen if not any(pattern.search(line) for pattern in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        # Violations of the policy arrive here too, as errors.
        if message.type == "error":
            self._seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _web_error(self, error: WebError) -> None:
        self._seen.append(f"exception: {error.error}")


def new_desktop_context(browser: Browser, complaints: BrowserComplaints, **options: object) -> BrowserContext:
    """Return a context of a desktop's size, watched for complaints; takes Playwright's options."""
    defaults: dict[str, object] = {
        "locale": "en-GB",
        "timezone_id": "Europe/Zurich",
        "viewport": {"width": 1280, "height": 800},
    }
    context = browser.new_context(**{**defaults, **options})  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    complaints.watch(context)
    return context


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run the system's Chromium, without a window, for as long as the block lasts."""
    executable = next((path for name in _EXECUTABLES if (path := shutil.which(name))), None)
    if executable is None:
        raise MachineError("The browser tests need Chromium: install the package chromium, or run make test.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
