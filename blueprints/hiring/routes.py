"""Jobs and candidates: the blueprint, once all its pages are on it."""

from __future__ import annotations

import blueprints.hiring.candidates
import blueprints.hiring.erasing
import blueprints.hiring.exporting
import blueprints.hiring.importing
import blueprints.hiring.jobs  # noqa: F401  importing a module puts its pages on the blueprint
from blueprints.hiring.blueprint import hiring

__all__ = ["hiring"]
