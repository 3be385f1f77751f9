"""The composition root: puts the parts together, and starts nothing on its own.

`create_app` is what gunicorn, the command line and the tests call. Background work begins only when
`background.start` is called in the process that does it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import click
from flask import Flask, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

import backup_commands
import cli
import htmx
import instance_folder
import models  # noqa: F401  the tables have to be known before the first query or migration
import unloaded_commands
from blueprints import register_blueprints
from config import SettingError, flask_settings, load_settings, settings_names
from database import listen
from extensions import csrf, db
from messaging.transport import mail
from schema import know_migrations
from services import build_services, provide
from tasks.mails.kinds import all_kinds
from web import (
    access,
    assets,
    browser_tokens,
    failures,
    guesses,
    lifecycle,
    request_counts,
    signed_in,
    templating,
    uploads,
)

# Mostly pages of rows; a path is about a hundred bytes.
_MOST_PATHS = 2000


class _Application(Flask):
    """Flask without the work that it repeats for every call."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._paths: dict[tuple[Hashable, ...], str] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of a page. A page names some dozen others; the paths of those without anything unusual
        are kept."""
        # `flask.url_for` names all that is unusual, as None.
        if "_anchor" in values:
            values = {
                name: value for name, value in values.items() if value is not None or not name.startswith("_")
            }
        if not has_request_context() or request.script_root or any(name.startswith("_") for name in values):
            return super().url_for(endpoint, **values)
        key = (endpoint, *((name, value, type(value)) for name, value in values.items()))
        try:
            path = self._paths.get(key)
        except TypeError:
            # Several values of one name come as a list.
            return super().url_for(endpoint, **values)
        if path is None:
            path = super().url_for(endpoint, **values)
            if not endpoint.startswith("."):
                if len(self._paths) >= _MOST_PATHS:
                    self._paths.clear()
                self._paths[key] = path
        return path


def create_app(overrides: Mapping[str, object] | None = None) -> Flask:
    """The application with its settings from the environment; `overrides` win, by the settings' names.

    Raises `config.SettingError` for a setting with an invalid value, and OSError when the instance folder
    cannot be written. For the command line, both are a `click.ClickException`, and what lists or finds the
    commands gets an application that can only show their help.
    """
    try:
        settings = load_settings(overrides=overrides)
        keys = _keys(settings)
    except (SettingError, OSError) as error:
        if overrides is not None or click.get_current_context(silent=True) is None:
            raise
        # A command is being run: where a traceback would hide it, one sentence is enough.
        refusal = cli.refusal_of(error)
        if not unloaded_commands.is_looking_for_commands():
            raise refusal from None
        return unloaded_commands.application_for_help([*cli.commands(), *backup_commands.commands()], refusal)
    # Static files have their own prefix below, so Flask's route is only for development.
    app = _Application(__name__, instance_path=str(settings["INSTANCE_PATH"]))
    app.config.update(settings)
    app.config.update(flask_settings(settings))
    # Everything that is not a setting: values that tests and the server itself adjust, such as the length of
    # a lease.
    app.config.update(
        {name: value for name, value in (overrides or {}).items() if name not in settings_names()}
    )
    app.config.update(SECRET_KEY=keys.secret_key, INSTALLATION_ID=keys.installation_id)
    _quiet_the_talkative()
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    if "flask_migrate" in sys.modules or "db" in sys.argv:
        # For `flask db …`, and for tests that change tables.
        know_migrations(app)
    with app.app_context():
        listen(db.engine)
    # Looking for the form's token reads the whole form, so its maximum length has to be known before that.
    uploads.init_app(app)
    csrf.init_app(app)
    browser_tokens.init_app(app)
    mail.init_app(app)
    htmx.init_app(app)

    provide(app, build_services(app.config, keys))
    # Emails can be queued and shown only once their kinds are declared.
    all_kinds()

    lifecycle.init_app(app)
    signed_in.init_app(app)
    access.init_app(app)
    guesses.init_app(app)
    templating.init_app(app)
    assets.init_app(app)
    failures.init_app(app)
    register_blueprints(app)
    request_counts.init_app(app)
    cli.init_app(app)
    backup_commands.init_app(app, create_app)
    return app


def _keys(settings: Mapping[str, Any]) -> instance_folder.InstanceKeys:
    given = {"secret_key": settings["SECRET_KEY"], "token_keys": settings["TOKEN_ENCRYPTION_KEYS"]}
    if backup_commands.is_restoring(sys.argv):
        # The folder has to stay empty: its keys are in the backup.
        return instance_folder.of_no_folder(**given)
    return instance_folder.prepare(settings["INSTANCE_PATH"], **given)


def _quiet_the_talkative() -> None:
    """Keep the debug logs of libraries, which print verifiers and bodies, out of ours at every level."""
    for name in ("authlib", "urllib3", "requests", "flask_mail", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
