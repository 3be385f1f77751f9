"""Where this package gets the time from.

Provider code imports nothing else from the product, not even its time module, so the current instant is
passed in as a function. The default below is for using a provider on its own.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.fromtimestamp(time.time(), tz=UTC)
