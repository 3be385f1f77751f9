"""Pieces of pages that are rendered once and kept: macros whose markup depends only on their arguments.

A template names such macros in a list of its own, beside them:

    {% set remembered = ["avatar"] %}

A template that imports one gets it cached. The arguments are the key, with their types, because a text and a
piece of markup that compare equal are escaped differently; so they have to be plain values, and a list has to
come as a tuple. Anything that depends on something else, such as who is asking or a form's token, must not be
in a remembered macro; a test reads them all. Calls between macros of one file do not pass through here.

`REMEMBERED_MOST` results of each macro are kept. For a large piece, such as a whole table, its template says
how many are worth their memory:

    {% set remembered_most = {"interview_table": 16} %}
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context

# For each macro and process. A row of a list takes about 1.5 kB.
REMEMBERED_MOST = 512


class RememberingTemplate(Template):
    """A template whose module remembers the output of the macros named in `remembered`."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        # Jinja looks at each import whether the importing template has globals that this one lacks, which
        # took a tenth of some pages. No template is given globals of its own: all have the application's.
        return super()._get_default_module()

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Any = None,
    ) -> TemplateModule:
        module = super().make_module(vars, shared, locals)
        most: dict[str, int] = getattr(module, "remembered_most", {})
        for name in (*getattr(module, "remembered", ()), *most):
            size = most.get(name, REMEMBERED_MOST)
            setattr(module, name, lru_cache(size, typed=True)(getattr(module, name)))
        return module
