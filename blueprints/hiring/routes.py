"""Jobs and candidates: one blueprint, whose pages are in a module for each subject."""

from __future__ import annotations

from flask import Blueprint

from blueprints.hiring import candidates, dossier, erasing, exporting, files, jobs
from blueprints.hiring.imports import routes as importing

hiring = Blueprint("hiring", __name__)
for _pages in (jobs, candidates, files, importing, exporting, dossier, erasing):
    _pages.register(hiring)
