"""A grant that no longer covers everything asks for a reconnect, and says what is missing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from connections.service import Connections
from extensions import db
from models import Connection, ConnectionState, FailureReason
from providers.base import TokenSet
from providers.protocols import OAuthProvider
from services import services
from tasks.connection_checks import ASK_FOR_CHECKS
from tests.factories import ZOOM, with_provider
from tests.machines.application import use_services
from tests.pages.visitor import Visitor
from tests.tasks.installation import Installation
from tests.web.round_trips import APPS


def row_of(installation: Installation, connection: int) -> Connection:
    with installation.reading():
        row = db.session.get_one(Connection, connection)
        db.session.expunge(row)
        return row


def a_day_later(installation: Installation) -> None:
    installation.clock.forward(timedelta(days=1, seconds=1))
    with installation.app.app_context():
        ASK_FOR_CHECKS.run()
    installation.later(minutes=30)


def test_permission_that_was_taken_back_has_to_be_given_again(sqlite_installation: Installation) -> None:
    installation, ben = sqlite_installation, sqlite_installation.team.ben
    connection = installation.connect(ben)
    installation.simulators.zoom_switches(withheld_scopes=["user:read:user"])
    a_day_later(installation)
    row = row_of(installation, connection)
    assert row.state is ConnectionState.RECONNECT_NEEDED
    assert row.problem == (
        "Zoom no longer grants all the permissions we need. Missing: see your name, email address and plan."
    )
    assert (row.trouble, row.ciphertext) == (None, "")
    subjects = [str(mail.message["Subject"]) for mail in installation.simulators.mails(ben.email)]
    assert subjects == ["Reconnect Zoom"]
    # Reconnecting gets a new grant, which a late revocation of this one might have ended.
    assert installation.tasks("revoke_grant") == []
    page = Visitor(installation.app).enter(ben).get(APPS)
    assert page.has_button("Reconnect")
    installation.simulators.zoom_switches(withheld_scopes=[])
    installation.connect(ben)
    a_day_later(installation)
    row = row_of(installation, connection)
    assert (row.state, row.problem) == (ConnectionState.CONNECTED, None)


class GrantsLess:
    """A provider that renews a grant for less than it was given for."""

    def __init__(self, provider: OAuthProvider) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def refresh(self, refresh_token: str) -> TokenSet:
        tokens = self._provider.refresh(refresh_token)
        return replace(tokens, scopes=tokens.scopes - {"meeting:write:meeting", "meeting:delete:meeting"})


def test_renewal_without_a_needed_permission_asks_for_a_reconnect(sqlite_installation: Installation) -> None:
    installation = sqlite_installation
    connection = installation.connect(installation.team.ben)
    installation.clock.forward(timedelta(hours=1))
    alive: Connections = services(installation.app).connections
    grants_less: Any = GrantsLess(alive.clients[ZOOM].oauth)
    use_services(installation.app, connections=with_provider(alive, grants_less))
    interview = installation.schedule()
    installation.run_due()
    use_services(installation.app, connections=alive)
    row = row_of(installation, connection)
    assert row.state is ConnectionState.RECONNECT_NEEDED
    assert (
        row.problem == "Zoom no longer grants all the permissions we need. "
        "Missing: create meetings, delete meetings."
    )
    assert installation.meeting(interview).failure is FailureReason.RECONNECT_NEEDED
