"""Who may import whom, as a table.

The longest name on the left that a module's own name begins with decides. On the right stand the modules and
packages of ours that it may import, beside itself and what lies in it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.repository import product_files

EVERYTHING = frozenset({"*"})
# What nearly every part may know: the tables, how the database is spoken to, the clock, how people write
# telephone numbers.
GROUND = frozenset({"models", "database", "extensions", "timezones", "phone_numbers"})
# The domain, by what it is about. Its parts may know one another.
DOMAIN = frozenset({"accounts", "hiring", "scheduling"})

# How the domain asks for background work, in the transaction of its decision.
ASKING_FOR_WORK = frozenset({"work.outbox", "work.kinds", "work.mail"})

RULES: dict[str, frozenset[str]] = {
    # The only places where parts are joined.
    "app": EVERYTHING,
    "cli": EVERYTHING,
    "gunicorn.conf": EVERYTHING,
    "background": EVERYTHING,
    "first_start": EVERYTHING,
    "schema": frozenset({"config"}),
    # Everything an installation is made of, below whatever uses it.
    "services": frozenset(
        {
            "accounts.links",
            "accounts.passwords",
            "accounts.throttling",
            "attachment_files",
            "connections.service",
            "instance_folder",
            "scheduling.join_links",
            "scheduling.rules",
            "security",
        }
    ),
    # Made-up people and jobs come into being the way real ones do; the simulators are started as programs.
    "demo": GROUND | DOMAIN | {"app", "config", "instance_folder", "schema", "security", "services"},
    # What every request goes through, whichever part of the interface answers it.
    "web": GROUND
    | DOMAIN
    | {"htmx", "security", "services", "paging", "connections.wording", "connections.service"}
    | {"connections.catalogue", "connections.app_spec"},
    # Thin routes. They may compose a mail for its preview, and that is all of messaging they see.
    "blueprints": GROUND
    | DOMAIN
    | {"connections", "web", "htmx", "security", "services", "instance_folder", "paging"}
    | {"messaging.letters", "messaging.facts", "messaging.reading"}
    | {"tasks.mails.previews", "work.mail.Recipient"}
    | {"messaging.delivery.sender_address", "messaging.delivery.is_configured"}
    | {"messaging.wording"}
    | {"work.heartbeat", "work.attention"},
    # The domain enqueues work in the caller's transaction and knows nothing else of background work.
    # Grants of people who leave the team are revoked.
    "accounts": GROUND
    | DOMAIN
    | {"security", "connections.revocation", "connections.catalogue"}
    | ASKING_FOR_WORK,
    # What hiring does once a day is marked where the beats are.
    "hiring": GROUND | DOMAIN | {"security", "paging", "work.heartbeat"} | ASKING_FOR_WORK,
    # A meeting's steps call the provider they are handed, in the values and errors that all providers share,
    # and say when to try again.
    "scheduling": GROUND
    | DOMAIN
    | {"security", "paging", "work.protocol", "work.retry"}
    | {"providers.base", "providers.errors", "providers.protocols"}
    | ASKING_FOR_WORK,
    # Which settings belong to the app that a software needs.
    "scheduling.software": GROUND | {"connections.catalogue"},
    "scheduling.drafts.attachments": GROUND | DOMAIN | {"attachment_files", "work.heartbeat"},
    "connections": GROUND | {"providers", "security"} | ASKING_FOR_WORK,
    "messaging": GROUND | {"security"},
    # Background work is two layers: the handlers are high and know everything that acts; the engine that
    # carries them is low, and its outbox is even known to the domain.
    "tasks": GROUND
    | DOMAIN
    | {"work", "connections", "messaging", "providers", "security", "services", "attachment_files"},
    "work": GROUND,
    # The floor: nothing of ours but what stands here.
    "models": frozenset({"tables"}),
    "tables": frozenset({"database", "extensions", "timezones"}),
    "paging": frozenset({"database", "extensions", "security"}),
    "database": frozenset({"timezones"}),
    "extensions": frozenset({"database", "models"}),
    "security": frozenset({"timezones"}),
    "htmx": frozenset(),
    "timezones": frozenset(),
    "phone_numbers": frozenset(),
    "config": frozenset(),
    "instance_folder": frozenset(),
    "attachment_files": frozenset(),
    "providers": frozenset(),
    "simulators": frozenset(),
}

# Packages of others that a part of ours must not know, whatever it is that they do there.
FOREIGN: dict[str, frozenset[str]] = {
    "scheduling": frozenset({"flask", "requests", "smtplib", "authlib", "flask_mail"}),
    "providers": frozenset({"flask", "flask_sqlalchemy", "sqlalchemy"}),
    "blueprints": frozenset({"requests", "smtplib", "authlib", "flask_mail"}),
    "tables": frozenset({"flask", "requests", "smtplib"}),
    "timezones": frozenset({"flask", "sqlalchemy"}),
    "work.retry": frozenset({"flask", "sqlalchemy", "requests"}),
}

# Only these start background threads: a command or a test that imports the app must stay quiet.
STARTERS_OF_THE_METRONOME = {"background"}


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, text: str) -> Iterator[str]:
    """Yield the full dotted name of everything a file imports, inside functions too."""
    package = list(path.with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def _begins_with(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def _rule_of(module: str) -> str | None:
    return max((rule for rule in RULES if _begins_with(module, rule)), key=len, default=None)


MODULES = {_module_name(path): (path, text) for path, text in product_files()}
OUR_NAMES = {module.partition(".")[0] for module in MODULES} | {rule.partition(".")[0] for rule in RULES}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_module_imports_only_what_its_rule_allows(module: str) -> None:
    rule = _rule_of(module)
    assert rule is not None, f"{module} is new: say in RULES what it may import"
    if RULES[rule] == EVERYTHING:
        return
    allowed = {rule, *RULES[rule]}
    for imported in _imports(*MODULES[module]):
        if imported.partition(".")[0] in OUR_NAMES:
            assert any(_begins_with(imported, name) for name in allowed), (
                f"{module} must not import {imported}: see the rule of {rule}"
            )


@pytest.mark.parametrize("part", sorted(FOREIGN))
def test_part_stays_clear_of_packages_that_are_not_its_business(part: str) -> None:
    for module, source in MODULES.items():
        if _begins_with(module, part):
            foreign = {name.partition(".")[0] for name in _imports(*source)} & FOREIGN[part]
            assert not foreign, f"{module} must not import {sorted(foreign)}"


def test_product_never_imports_the_simulators() -> None:
    for module, source in MODULES.items():
        if not _begins_with(module, "simulators"):
            assert not [name for name in _imports(*source) if _begins_with(name, "simulators")], module


def test_only_the_server_and_the_commands_start_the_metronome() -> None:
    importers = {
        module
        for module, source in MODULES.items()
        if not _begins_with(module, "work")
        and any(_begins_with(name, "work.metronome") for name in _imports(*source))
    }
    assert importers <= STARTERS_OF_THE_METRONOME
