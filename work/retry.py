"""When to try again, as data. Pure: nothing here reads a clock or a row."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Ladder:
    """Waiting times in seconds, one for each failure in a row; the last one repeats."""

    seconds: tuple[float, ...]
    # Spreads out the retries of things that failed together, so they do not all come back at once.
    jitter: float = 0.2

    def delay(self, failures: int, chance: float | None = None) -> timedelta:
        """How long to wait after `failures` failures in a row (1 or more).

        `chance` in [0, 1) fixes the jitter for tests; None picks it at random.
        """
        step = self.seconds[min(max(failures, 1), len(self.seconds)) - 1]
        drawn = random.random() if chance is None else chance
        return timedelta(seconds=step * (1 + self.jitter * (2 * drawn - 1)))


MINUTE, HOUR = 60.0, 3600.0

# While people are still waiting for the invitation: a temporary fault should cost only seconds.
MEETING_IN_GRACE = Ladder((1, 2, 4, 8, 15, 30))
# Afterwards people have been told; each try counts against the provider's daily budget.
MEETING_AFTER_GRACE = Ladder((2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR))
# Servers that use graylisting accept after about five minutes.
MAIL = Ladder((5, 30, 2 * MINUTE, 6 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR))
# The mail server itself is wrong or absent; a person has to change something.
MAIL_SERVER = Ladder((15, MINUTE, 5 * MINUTE))
# An entry in someone's calendar: they have an email about it, and look at the calendar later.
CALENDAR = Ladder((2, 10, MINUTE, 3 * MINUTE, 10 * MINUTE, HOUR))
# Reading someone's calendar, which is also shown as it was when it was last read.
READING = Ladder((30, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR))
# Reading it again after it was read: often enough to rely on, and not all calendars at once.
READ_AGAIN = Ladder((5 * MINUTE,), jitter=0.1)
# Revoking a grant: no one is waiting for it, and we no longer use the grant.
REVOCATION = Ladder((10, MINUTE, 10 * MINUTE, HOUR, 3 * HOUR))
# An address that programs listen at: tried for half a day, so that a night's outage loses nothing.
WEBHOOK = Ladder((10, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 4 * HOUR, 6 * HOUR))
# Checking a grant: no one is waiting for it, and a provider that is down should not get more load.
CHECK = Ladder((MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR))
# When the work that was requested to fix an interview before its start should be done.
PREFLIGHT_REPAIR = timedelta(minutes=1)
# An unwanted meeting may be on an account that cannot be used until its user reconnects it.
ORPHAN_ON_CLOSED_ACCOUNT = timedelta(hours=1)
# A handler crashed because of bad data or a bug. A few tries, then a person has to look.
CRASH = Ladder((5, MINUTE, 10 * MINUTE, HOUR))
CRASHES_ALLOWED = 4
# A task that was started this often without ever finishing probably kills its process each time.
STARTS_WITHOUT_END_ALLOWED = 12
