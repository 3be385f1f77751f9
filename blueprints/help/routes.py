"""Help inside the product: pages that explain, each about one thing."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.help.connecting import connecting_help
from connections import catalogue
from web.signed_in import actor

help_pages = Blueprint("help_pages", __name__, url_prefix="/help")


@help_pages.get("")
def index() -> ResponseReturnValue:
    """There is one page of help so far, so this leads to it."""
    return redirect(url_for("help_pages.connecting_apps"), 303)


@help_pages.get("/connecting-apps")
def connecting_apps() -> ResponseReturnValue:
    """About the app that the address names, or otherwise the first one."""
    asked = catalogue.find(request.args.get("app", ""))
    app = asked if asked is not None and asked.is_available else catalogue.available()[0]
    return render_template("help/connecting_apps.html", help=connecting_help(actor(), app))
