"""The blueprint that the pages of jobs and candidates share."""

from __future__ import annotations

from flask import Blueprint

hiring = Blueprint("hiring", __name__)
