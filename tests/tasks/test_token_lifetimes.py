"""Short-lived tokens are used, renewed halfway through their life, and never requested endlessly."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from connections.refresh import live_grant
from models import MeetingState
from providers.base import TokenSet
from providers.errors import RetryableError
from services import services
from tests.factories import with_provider
from tests.machines.application import use_services
from tests.tasks.installation import Installation
from tests.tasks.test_grants import refreshes, seen, tick


def test_token_that_lives_shortly_is_used_and_renewed_at_half_its_life(installation: Installation) -> None:
    installation.simulators.zoom_switches(expires_in=239)
    connection = installation.connect(installation.team.ben)
    interview = installation.schedule()
    installation.run_due()
    for _ in range(5):
        tick(installation)
    assert installation.meeting(interview).state is MeetingState.READY
    assert refreshes(installation) == []
    installation.clock.forward(timedelta(seconds=121))
    for _ in range(5):
        tick(installation)
    assert len(refreshes(installation)) == 1
    with installation.app.app_context():
        assert live_grant(connection)[1] == 2
    assert len(refreshes(installation)) == 1


def test_token_that_lives_for_a_second_is_not_renewed_at_every_tick(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    installation.simulators.zoom_switches(expires_in=1)
    connection = installation.connect(installation.team.ben)
    for _ in range(10):
        installation.clock.forward(timedelta(seconds=2))
        tick(installation)
    assert refreshes(installation) == []
    with installation.app.app_context():
        live_grant(connection)
    assert len(refreshes(installation)) == 1


class _Stale:
    """Gives tokens that have already run out."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.asked = 0

    def refresh(self, refresh_token: str) -> TokenSet:
        self.asked += 1
        return TokenSet(f"a{self.asked}", f"r{self.asked}", self.clock(), frozenset(), None)

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return []


def test_token_that_has_run_out_when_it_comes_is_asked_for_more_and_more_rarely(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=2))
    stale = _Stale(installation.clock)
    use_services(installation.app, connections=with_provider(services(installation.app).connections, stale))
    for asked in (1, 2, 3):
        for _ in range(5):
            with installation.app.app_context(), pytest.raises(RetryableError, match="for no time at all"):
                live_grant(connection)
        row = seen(installation, connection)
        assert stale.asked == asked
        assert row.refresh_after is not None
        assert row.refresh_after - installation.clock.now == timedelta(seconds=(5, 15, 60)[asked - 1])
        installation.clock.forward(row.refresh_after - installation.clock.now)
