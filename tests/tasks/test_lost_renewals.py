"""A connection that a lost answer may have ended is reported as lost, and one that was never at risk is
not."""

from datetime import timedelta

from connections import wording
from connections.service import Connections
from models import ConnectionState
from providers.zoom.provider import ZoomProvider, ZoomSettings
from services import services
from tests.factories import LENA, ZOOM, with_provider
from tests.machines.application import use_services
from tests.tasks.installation import Installation
from tests.tasks.test_grants import seen, tick


def test_answer_lost_on_the_network_is_reported_as_having_ended_the_connection(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    installation.simulators.zoom_switches(lose_next_token_answers=1)
    tick(installation)
    row = seen(installation, connection)
    assert row.state is ConnectionState.CONNECTED
    assert row.trouble is not None
    # Another fault in between must not hide what the first one may have cost.
    installation.simulators.zoom_switches(token_endpoint="invalid_client")
    installation.clock.forward(timedelta(seconds=30))
    tick(installation)
    installation.simulators.zoom_switches(token_endpoint="")
    installation.clock.forward(timedelta(seconds=30))
    tick(installation)
    lost = seen(installation, connection)
    assert (lost.state, lost.problem) == (
        ConnectionState.RECONNECT_NEEDED,
        wording.lost_in_renewal(ZOOM),
    )


def test_renewal_that_never_left_this_server_is_not_reported_as_having_ended_the_connection(
    sqlite_installation: Installation,
) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    alive: Connections = services(installation.app).connections
    # Nothing listens there.
    away = ZoomProvider(ZoomSettings("id", "secret", oauth_url="http://127.0.0.1:1"))
    use_services(installation.app, connections=with_provider(alive, away))
    tick(installation)
    row = seen(installation, connection)
    assert row.trouble is not None
    assert "can't be reached" in row.trouble
    use_services(installation.app, connections=alive)
    installation.simulators.revoke(LENA)
    installation.clock.forward(timedelta(seconds=30))
    tick(installation)
    assert seen(installation, connection).problem == wording.ended_by_provider(ZOOM)
