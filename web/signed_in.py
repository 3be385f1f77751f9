"""Who is signed in, for Flask-Login, the routes and the templates."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, request, session, url_for
from flask_login import UserMixin, current_user
from flask_login import login_user as _login_user
from flask_login import logout_user as _logout_user

import htmx
from accounts import sessions
from accounts.first_run import OrganizationFacts, organization_facts
from accounts.permissions import Action, may_anywhere
from accounts.row_permissions import Reader
from extensions import db, login_manager
from models import Role, User, UserSession
from rows import rows_of
from web import banner_facts, known_browser
from web.banner_facts import BannerFacts
from web.notices import say


class SignedInPerson(UserMixin):
    """The person behind a request, found through the session row that the cookie points to."""

    def __init__(self, found: sessions.Living, token: str, banner_facts: BannerFacts | None = None) -> None:
        columns = found.user
        self.id: int = columns["id"]
        self.name: str = columns["name"]
        self.email: str = columns["email"]
        self.role: Role = columns["role"]
        self.timezone: str = columns["timezone"]
        self.has_shortcuts: bool = columns["has_shortcuts"]
        self.session_id, self.session_hash = found.session_id, found.token_hash
        self.last_seen_at, self._begun_at = found.last_seen_at, found.begun_at
        self.organization = found.organization
        # None where the request shows no whole page; see `_shows_banners`.
        self.banner_facts = banner_facts
        self._columns, self._token = columns, token

    @cached_property
    def user(self) -> User:
        """As an entity, for what acts on the person's behalf."""
        return sessions.as_entity(self._columns)

    @cached_property
    def session(self) -> UserSession:
        """The row that the cookie points at; read when it is first asked for."""
        return db.session.get_one(UserSession, self.session_id)

    def get_id(self) -> str:
        return self._token

    @property
    def must_set_up_two_step(self) -> bool:
        """Whether the organization has required two-step verification since before this sign-in, and the
        person has none: until they do, that is all they can do."""
        since = self.organization.two_step_required_since if self.organization is not None else None
        return since is not None and self._columns["two_step_since"] is None and self._begun_at > since


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    # It would hash address and browser at each request and mark the session where they changed, which nothing
    # here asks for: a session is a row that people see and can end.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(_unauthorized)


# Who is signed in and, for a page, the facts for its banners: one statement, made once.
_ALONE = sessions.select_living()


@cache
def _with_banners(not_set_up: frozenset[str]) -> sa.Select[Any]:
    return sessions.select_living(*banner_facts.columns(not_set_up))


def _load(token: str) -> SignedInPerson | None:
    statement, told = _ALONE, sessions.living(token)
    with_banners = _shows_banners()
    if with_banners:
        statement = _with_banners(banner_facts.apps_not_set_up())
        told |= banner_facts.parameters()
    rows = rows_of(statement, told)
    if not rows:
        return None
    found = sessions.read(rows[0])
    return SignedInPerson(found, token, BannerFacts.read(found.beside) if with_banners else None)


def _shows_banners() -> bool:
    """Whether this request will most likely be answered by a whole page. A form that is shown again after
    wrong input is one, too, and asks for its banners separately."""
    return request.method == "GET" and not htmx.is_htmx()


def _unauthorized() -> Response:
    """Send someone to the sign-in page and afterwards back to what they wanted to read, or to the page of the
    form that they sent.
    """
    may_be_read = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    wanted = request.full_path.rstrip("?") if may_be_read and not htmx.is_htmx() else None
    if "_user_id" in session:
        say("Your session has ended. Please sign in again.", "info")
    return htmx.go_to(url_for("sign_in.login", next=wanted))


def visitor() -> SignedInPerson | None:
    """The signed-in person of this request; None for someone who is not signed in."""
    # Each name that is looked up through `current_user` finds the person again.
    found = current_user._get_current_object()
    return found if isinstance(found, SignedInPerson) else None


def person() -> SignedInPerson:
    """The signed-in person of this request; only for routes that need a sign-in."""
    found = visitor()
    assert found is not None
    return found


def actor() -> User:
    """The user on whose behalf this request reads and acts."""
    return person().user


def begin(user_id: int) -> None:
    """Sign someone in within the current transaction; the caller commits.

    Everything the browser's session held before is dropped, so that a session planted in someone's
    browser is worth nothing after they sign in.
    """
    if current_user.is_authenticated:
        # Someone switches from one person to another; the cookie of the first must not outlive that.
        sessions.end_session(person().session_id)
    token = sessions.begin_session(user_id, request.user_agent.string)
    # The new row has to be written before the statement can find it.
    signing_in = _load(token)
    assert signing_in is not None
    session.clear()
    # A form that was read has left the token of the old session here, for the page that answers it.
    g.pop("csrf_token", None)
    _login_user(signing_in)
    known_browser.remember(signing_in.email)


def end() -> None:
    """Sign out within the current transaction; the caller commits."""
    sessions.end_session(person().session_id)
    _logout_user()
    session.clear()


def current_organization() -> OrganizationFacts | None:
    """What pages need of the organization, read at most once per request; None before the first run."""
    if "organization" not in g:
        here = visitor()
        g.organization = here.organization if here is not None else organization_facts()
    found: OrganizationFacts | None = g.organization
    return found


def forget_whether_connecting_is_open() -> None:
    """Let a request that has taken a while ask again."""
    g.organization = organization_facts()


def connecting_is_open() -> bool:
    """Whether the owner lets everyone who schedules or hosts connect apps."""
    here = current_organization()
    return here is not None and here.connecting_is_open


def may_connect(user: Reader) -> bool:
    """Whether this person may connect their own apps now. Reads the owner's setting only for roles that
    depend on it.
    """
    role, action = user.role, Action.CONNECT_APPS
    return may_anywhere(role, action) or (
        may_anywhere(role, action, connecting_is_open=True) and connecting_is_open()
    )
