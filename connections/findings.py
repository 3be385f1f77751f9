"""The apps that no one can use until the operator changes a setting."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from connections import catalogue
from connections.app_spec import AppSpec, ServerFault
from connections.purposes import what_goes_on, what_stops
from connections.wording import end_for_operator, fault_of
from extensions import db
from models import Connection, ConnectionState, RefusingProvider, User
from wording import listed
from work.findings import Cure, Finding


def connections_to_renew() -> list[Connection]:
    """The connections that only their owners can reconnect, those that ended first at the top."""
    ended = (
        sa.select(Connection)
        .join(Connection.user)
        .where(Connection.state == ConnectionState.RECONNECT_NEEDED, User.is_active)
        .options(contains_eager(Connection.user))
        .order_by(Connection.problem_since, Connection.id)
    )
    return list(db.session.scalars(ended))


def unusable_apps(rows: Sequence[Connection], not_set_up: Collection[str]) -> list[Finding]:
    """The apps whose provider does not accept this server, and those that people have connected although they
    are no longer set up. `rows` are the connections to look at; `not_set_up` has the apps' keys."""
    refusing = {row.provider: row.because for row in db.session.scalars(sa.select(RefusingProvider))}
    refused_in_renewing = {row.app: row.refused_because for row in rows if row.credentials_refused}
    lost = {row.app for row in rows if row.app in not_set_up and row.state is ConnectionState.CONNECTED}
    found = []
    for provider in catalogue.providers():
        of_provider = [spec for spec in catalogue.apps_of(provider) if spec.is_available]
        set_up = [spec for spec in of_provider if spec.key not in not_set_up]
        gone = [spec for spec in of_provider if spec.key in lost]
        if gone:
            labels = listed([spec.label for spec in gone])
            are = "is" if len(gone) == 1 else "are"
            what = f"{labels} {are} no longer set up on this server"
            fault = ServerFault(what, f"correct {gone[0].settings_in_words}")
            found.append(_server_has_to_change(gone, fault))
            continue
        said = [refused_in_renewing[spec.key] for spec in set_up if spec.key in refused_in_renewing]
        said += [refusing[provider]] if provider in refusing else []
        if set_up and said:
            label = set_up[0].label if len(set_up) == 1 else set_up[0].provider_label
            because = next((each for each in said if each), "")
            found.append(_server_has_to_change(set_up, fault_of(set_up[0].key, because, refusing=label)))
    return found


def grants_that_end_early() -> list[Finding]:
    """The providers that end grants for a reason that only the person who runs this server can change, with
    connections that have ended for it and are not connected again."""
    found = {}
    for row in connections_to_renew():
        likely = end_for_operator(row)
        if likely is not None:
            found[row.app] = likely.words
    return [
        Finding(
            "warning",
            f"{catalogue.label_of(app)} has ended connections. {words}",
            Cure("How to set it up", "help_pages.connecting_apps", "registering", app=app),
        )
        for app, words in found.items()
    ]


def _server_has_to_change(specs: Sequence[AppSpec], fault: ServerFault) -> Finding:
    """`specs`: apps of one provider, which share their settings."""
    apps = "it" if len(specs) == 1 else " or ".join(spec.label for spec in specs)
    stops, goes_on = what_stops(specs), what_goes_on(specs)
    sentences = (
        f"{fault.what}: no one can connect {apps}{f', and within the hour {stops}' if stops else ''}.",
        goes_on,
        f"The person who runs this server has to {fault.cure}.",
        "Everyone's account stays connected.",
    )
    return Finding(
        "danger",
        " ".join(sentence for sentence in sentences if sentence),
        Cure("How to set it up", "help_pages.connecting_apps", "registering", app=specs[0].key),
    )
