"""Round trips to the simulated Zoom in their two halves, so that a test can do something in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from accounts.sessions import begin_session
from connections import round_trip
from connections.round_trip import RoundTrip
from connections.service import Connections
from extensions import db
from models import User, UserSession
from providers.protocols import OAuthProvider
from security import hash_token
from services import services
from tests.factories import LENA, ZOOM, Member, consent, with_provider
from tests.machines.application import use_services
from tests.tasks.installation import Installation


@dataclass(frozen=True)
class Answer:
    """What someone brings back from the consent page, and the session they bring it to."""

    member: Member
    session_id: int
    query: dict[str, str]


def go(installation: Installation, member: Member, account: str = LENA) -> Answer:
    """Go to the consent page and allow it there."""
    with installation.writing():
        token = begin_session(member.id, "tests")
        db.session.flush()
        session = db.session.scalars(
            db.select(UserSession).where(UserSession.token_hash == hash_token(token))
        ).one()
        session_id = session.id
        address = round_trip.begin(db.session.get_one(User, member.id), session, ZOOM)
        db.session.commit()
    return Answer(member, session_id, consent(address, account))


def finish(answer: Answer, *, may_connect: bool = True) -> RoundTrip:
    """Go through the way back, within the caller's transaction."""
    trip = round_trip.finish(
        answer.member.id,
        answer.session_id,
        "zoom",
        state=answer.query.get("state"),
        code=answer.query.get("code"),
        error=answer.query.get("error"),
        may_connect=lambda user: may_connect,
    )
    assert isinstance(trip, RoundTrip), "this answer was brought before"
    return trip


def come_back(installation: Installation, answer: Answer, *, may_connect: bool = True) -> RoundTrip:
    """Go through the way back as the callback's route does, with its commit."""
    with installation.writing():
        trip = finish(answer, may_connect=may_connect)
        db.session.commit()
    return trip


class Interrupted:
    """A provider with one call around which something else happens, once."""

    def __init__(
        self, provider: OAuthProvider, call: str, before: Callable[[], object], after: Callable[[], object]
    ) -> None:
        self._provider = provider
        self._call = call
        self._before, self._after = [before], [after]

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._provider, name)
        if name != self._call or not self._before:
            return called

        def interrupted(*arguments: Any, **named: Any) -> Any:
            self._before.pop()()
            answer = called(*arguments, **named)
            self._after.pop()()
            return answer

        return interrupted


def _nothing() -> None:
    """Do nothing."""


@contextmanager
def interrupted(
    installation: Installation,
    call: str,
    *,
    before: Callable[[], object] = _nothing,
    after: Callable[[], object] = _nothing,
) -> Iterator[None]:
    """Let something happen before or after the next `call` of Zoom's is answered."""
    alive: Connections = services(installation.app).connections
    provider: Any = Interrupted(alive.clients[ZOOM].oauth, call, before, after)
    use_services(installation.app, connections=with_provider(alive, provider))
    yield
    use_services(installation.app, connections=alive)
