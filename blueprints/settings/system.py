"""Settings → System: the same examination as `flask doctor`, for owners."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

import htmx
from doctor.examination import examine
from doctor.results import worst
from product_version import product_version

# A person waits for it, although not for the page.
_SECONDS = 8.0


def system() -> ResponseReturnValue:
    """The page, which asks for the results once it is there."""
    return render_template("settings/system.html", sections=None, version=product_version())


def system_results() -> ResponseReturnValue:
    """The results, as a part of the page or, without a script, with the whole page around them."""
    sections = examine(_SECONDS)
    template = "settings/_system_results.html" if htmx.is_htmx() else "settings/system.html"
    return render_template(
        template,
        sections=sections,
        level=worst(section.level for section in sections),
        version=product_version(),
    )


def register(blueprint: Blueprint) -> None:
    """Add these pages to the settings' blueprint."""
    blueprint.get("/system")(system)
    blueprint.get("/system/results")(system_results)
