"""Connects the accounts of the demo's team at the simulators as everyone does: by a round trip through the
consent page, which the demo answers for them. So the simulators have to be running."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import requests
import sqlalchemy as sa

from accounts.sessions import begin_session
from connections import round_trip
from connections.catalogue import spec_of
from connections.notices import TELL_OF_CONNECTION
from connections.round_trip import RoundTrip
from database import writing
from extensions import db
from models import Connection, Task, User, UserSession
from scheduling.outside import sync
from security import hash_token


def connect(name: str, app: str, simulator_url: str) -> None:
    """Connect someone's account, with commits. `app` is a key of the catalogue; `simulator_url` leads from
    this machine to the simulator that has its consent page."""
    with writing():
        user = db.session.scalars(sa.select(User).where(User.name == name)).one()
        token_hash = hash_token(begin_session(user.id, "demo"))
        db.session.flush()
        session = db.session.scalars(sa.select(UserSession).where(UserSession.token_hash == token_hash)).one()
        user_id, session_id = user.id, session.id
        address = round_trip.begin(user, session, app)
        db.session.commit()
        answer = _allow(address, user.email, simulator_url)
        trip = round_trip.finish(
            user_id,
            session_id,
            spec_of(app).provider,
            state=answer.get("state"),
            code=answer.get("code"),
            error=answer.get("error"),
            may_connect=lambda user: True,
        )
        assert isinstance(trip, RoundTrip)
        assert trip.connection_id is not None, trip.words
        sync.request(db.session.get_one(Connection, trip.connection_id))
        # Nothing to tell them: in the demo's story, they did it some time ago.
        db.session.execute(sa.delete(Task).where(Task.kind == TELL_OF_CONNECTION.name))
        db.session.execute(sa.delete(UserSession).where(UserSession.id == session_id))
        db.session.commit()


def _allow(address: str, account: str, simulator_url: str) -> dict[str, str]:
    """Answer the consent page, and return what it adds to the address that people are sent back to."""
    page = urlsplit(address)
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.post(
            f"{simulator_url}{page.path}?{page.query}",
            data={"decision": "allow", "account": account},
            allow_redirects=False,
            timeout=10,
        )
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
