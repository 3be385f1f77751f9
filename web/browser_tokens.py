"""What this server signs for browsers: the session's cookie, and the token of every form.

Flask and Flask-WTF make a serializer, a signer, and its key again for each value. That took as long as two
statements of a page, and the key only depends on the application's; here they are made once per key. The
format of both values is theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, Response, current_app, g, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer

# Names and salt of Flask-WTF, which checks what is sent back.
_TOKEN, _TOKEN_SALT = "csrf_token", "wtf-csrf-token"


class _OneKeySigner(TimestampSigner):
    """A signer that derives its key once instead of for each signature."""

    @cached_property
    def _derived(self) -> bytes:
        return super().derive_key()

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key is None or secret_key == self.secret_keys[-1]:
            return self._derived
        return super().derive_key(secret_key)


class _OneSignerSerializer(URLSafeTimedSerializer):
    """A serializer that makes its signer once. A signer holds no state, so threads can share it."""

    default_signer = _OneKeySigner

    @cached_property
    def _signer(self) -> Signer:
        return super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._signer if salt is None or salt == self.salt else super().make_signer(salt)


class SessionCookie(SecureCookieSessionInterface):
    """Flask's session in a signed cookie. The methods take and return what they do there."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return _session_serializer(app.secret_key) if app.secret_key else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session and not self.should_set_cookie(app, session):
            # Nearly every response: nothing to set, only to say that it depends on the cookie.
            if "Vary" in response.headers:
                response.vary.add("Cookie")
            else:
                response.headers["Vary"] = "Cookie"
            return
        super().save_session(app, session, response)


@lru_cache(8)
def _session_serializer(secret_key: str | bytes) -> _OneSignerSerializer:
    flasks = SecureCookieSessionInterface
    return _OneSignerSerializer(
        secret_key,
        salt=flasks.salt,
        serializer=flasks.serializer,
        signer_kwargs={"key_derivation": flasks.key_derivation, "digest_method": flasks.digest_method},
    )


@lru_cache(8)
def _token_serializer(secret_key: str | bytes) -> _OneSignerSerializer:
    return _OneSignerSerializer(secret_key, salt=_TOKEN_SALT)


def form_token() -> str:
    """The token that a form of this response must send back; made once per request, when it is first asked
    for. It belongs to the browser's session. Flask-WTF finds it in `g`, and would make its own otherwise."""
    if _TOKEN not in g:
        if _TOKEN not in session:
            session[_TOKEN] = secrets.token_hex(20)
        assert current_app.secret_key is not None
        setattr(g, _TOKEN, _token_serializer(current_app.secret_key).dumps(session[_TOKEN]))
    return str(g.get(_TOKEN))


@contextmanager
def with_another_token(token: str) -> Iterator[None]:
    """Make everything that is rendered in this block contain `token`, so that its place is known."""
    kept = g.pop(_TOKEN, None)
    setattr(g, _TOKEN, token)
    try:
        yield
    finally:
        g.pop(_TOKEN)
        if kept is not None:
            setattr(g, _TOKEN, kept)


def init_app(app: Flask) -> None:
    """Has to be called after Flask-WTF's protection was added, whose token this replaces."""
    app.session_interface = SessionCookie()
    # For macros, which are imported without a context, and for the pages themselves.
    app.jinja_env.globals[_TOKEN] = form_token
    app.context_processor(_for_templates)


def _for_templates() -> dict[str, Any]:
    return {_TOKEN: form_token}
