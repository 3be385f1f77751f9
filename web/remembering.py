"""Pieces of pages that are rendered once and kept: macros whose markup depends only on their arguments.

A template names such macros in a list of its own, beside them:

    {% set remembered = ["avatar"] %}

A template that imports one gets it cached. The arguments are the key, with their types, because a text and a
piece of markup that compare equal are escaped differently; so they have to be plain values, and a list has to
come as a tuple. Anything that depends on something else, such as who is asking or a form's token, must not be
in a remembered macro; a test reads them all. Calls between macros of one file do not pass through here.

`REMEMBERED_MOST` results of each macro are kept. For a large piece, such as a whole table, its template says
how many are worth their memory:

    {% set remembered_most = {"day_table": 16} %}
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, session
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context

from web.browser_tokens import form_token, with_another_token

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


# Takes the place of the form's token in a page that is kept. Nothing that anyone types can equal it.
_TOKEN_PLACE = f"token-{secrets.token_hex(16)}"
_KEPT, _KEPT_MOST = "kept_pages", 16


def init_app(app: Flask) -> None:
    app.jinja_env.template_class = RememberingTemplate
    app.extensions[_KEPT] = {}


def kept_page(key: tuple[Hashable, ...], render: Callable[[], str]) -> str:
    """A whole page that depends only on `key` and on the form's token, which is new in each response.

    `render` makes it once for each key. Keys must not contain anything from the address, of which there is no
    end. A page with a message for the next page is not kept: the message is shown once.
    """
    if "_flashes" in session:
        return render()
    kept: dict[tuple[Hashable, ...], list[str]] = current_app.extensions[_KEPT]
    pieces = kept.get(key)
    if pieces is None:
        with with_another_token(_TOKEN_PLACE):
            pieces = render().split(_TOKEN_PLACE)
        if len(kept) >= _KEPT_MOST:
            kept.clear()
        kept[key] = pieces
    return form_token().join(pieces)
