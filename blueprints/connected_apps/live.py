"""The cards of Connected Apps update on their own."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

import htmx
from blueprints.connected_apps.cards import sections
from blueprints.connected_apps.round_trip_notice import is_overtaken
from blueprints.connected_apps.versions import card_versions
from web.signed_in import actor, person


def changes() -> ResponseReturnValue:
    """The cards that have changed; the query holds the version of each card on the page."""
    if not htmx.is_htmx():
        return htmx.go_to(url_for("connected_apps.index"))
    versions = card_versions(person())
    changed = {key for key, version in versions.items() if request.args.get(key) != version}
    if not changed:
        return htmx.nothing_new()
    cards = [card for section in sections(actor()) for card in section.cards if card.key in versions]
    piece = render_template(
        "connected_apps/_app_changes.html",
        cards=cards,
        changed=changed,
        card_versions=versions,
        is_overtaken=is_overtaken(person().session),
    )
    return htmx.varies(make_response(piece))


def register(blueprint: Blueprint) -> None:
    """Add this address to the blueprint of Connected Apps."""
    blueprint.get("/settings/account/connected-apps/changes")(changes)
