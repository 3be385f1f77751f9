"""Where this package gets the time from.

Provider code imports nothing else of the product, its time module included, so the current instant is handed
in as a function. The default below serves whoever uses a provider on its own.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.fromtimestamp(time.time(), tz=UTC)
