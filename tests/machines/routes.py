"""Keeps what Werkzeug compiles from the product's routes, for all apps of one process.

For each of two hundred routes it writes two functions that build addresses, which is nearly the whole cost of
building an app. A function knows its route only from its argument, so all apps can share the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps

from werkzeug.routing import Rule

_Builder = Callable[..., tuple[str, str]]


def keep_compiled_routes() -> None:
    """From now on, compile each route of this process once, and of those that are forked from it."""
    compile_builder: Callable[[Rule, bool], _Builder] = Rule._compile_builder
    kept: dict[Hashable, _Builder] = {}

    @wraps(compile_builder)
    def compile_once(rule: Rule, append_unknown: bool = True) -> _Builder:
        # Everything that the function is made from. Another converter could write a default differently.
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    setattr(Rule, "_compile_builder", compile_once)  # noqa: B010 - the type checker refuses an assignment
