"""Pieces of pages that are rendered once and kept may depend on their arguments and on nothing else."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from jinja2 import nodes
from jinja2.meta import find_undeclared_variables
from markupsafe import Markup

from scheduling.standing import Begun

# What is the same for everyone and for as long as the process lives. The filter `moment` reads the zone of
# the person who asks.
SAME_FOR_EVERYONE = {"icon", "drawing", "url_for", "asset"}
KNOW_WHO_ASKS = {"moment"}
NONE_BEGUN = Begun(frozenset(), frozenset())


def remembered(app: Flask) -> Iterator[tuple[str, nodes.Template, str]]:
    """The template, its source, and the macro, for each macro that is remembered."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        assert app.jinja_env.loader is not None
        source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, name)
        tree = app.jinja_env.parse(source)
        for each in tree.find_all(nodes.Assign):
            # A list of macros, or how many results of each are kept.
            named = isinstance(each.target, nodes.Name) and each.target.name in (
                "remembered",
                "remembered_most",
            )
            if named and isinstance(each.node, nodes.List | nodes.Dict):
                for macro in each.node.as_const():
                    yield name, tree, macro


def used_by(app: Flask, tree: nodes.Template, name: str) -> tuple[set[str], set[str]]:
    """The names and the filters that a macro uses from outside its file, and the macros beside it that it
    calls. `caller` is one of them."""
    macros = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
    of_file = {
        target.name
        for each in tree.body
        if isinstance(each, nodes.Assign)
        for target in each.find_all(nodes.Name)
    }
    for each in tree.find_all(nodes.FromImport):
        of_file |= {known if isinstance(known, str) else known[1] for known in each.names}
    names: set[str] = set()
    filters: set[str] = set()
    waiting, done = [name], set()
    while waiting:
        macro = macros[waiting.pop()]
        done.add(macro.name)
        alone = nodes.Template([macro], lineno=1)
        alone.set_environment(app.jinja_env)
        used = find_undeclared_variables(alone)
        waiting += (used & macros.keys()) - done
        names |= used - macros.keys() - of_file
        filters |= {each.name for each in macro.find_all(nodes.Filter)}
    return names, filters


def test_remembered_macros_depend_on_their_arguments_alone(app: Flask) -> None:
    seen = 0
    for template, tree, name in remembered(app):
        seen += 1
        uses, filters = used_by(app, tree, name)
        assert uses <= SAME_FOR_EVERYONE, f"{template}: {name}"
        assert not filters & KNOW_WHO_ASKS, f"{template}: {name}"
    assert seen > 10


def macro(app: Flask, name: str) -> Callable[..., Markup]:
    """One of the badges, as a template that imports it gets it."""
    made: Callable[..., Markup] = getattr(app.jinja_env.get_template("components/badges.html").module, name)
    return made


def test_same_arguments_are_rendered_once(app: Flask) -> None:
    with app.test_request_context():
        badge = macro(app, "badge")
        first = badge("On its way", "info")
        assert badge("On its way", "info") is first
        assert badge("On its way", "danger") != first


def test_large_pieces_are_kept_in_the_number_their_template_says(app: Flask) -> None:
    with app.test_request_context():
        module = app.jinja_env.get_template("interviews/_of_candidate.html").module
        for number in range(20):
            table = f"Table {number}"
            module.interviews_of_candidate((), NONE_BEGUN, "UTC", table)  # type: ignore[attr-defined]
        assert module.interviews_of_candidate.cache_info().currsize == 16  # type: ignore[attr-defined]


@pytest.mark.parametrize("order", ["text first", "markup first"])
def test_text_and_markup_that_are_equal_are_not_taken_for_each_other(app: Flask, order: str) -> None:
    words = f"<b>{order}</b>"
    asked = [words, Markup(words)]
    if order == "markup first":
        asked.reverse()
    with app.test_request_context():
        badge = macro(app, "badge")
        shown = {type(each): badge(each) for each in asked}
    assert words in shown[Markup]
    assert words not in shown[str]
    assert "&lt;b&gt;" in shown[str]
