"""The product's modules and what each imports, read from the text: nothing is executed."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.architecture.repository import product_files


def begins_with(name: str, prefix: str) -> bool:
    """Return whether a dotted name is ``prefix`` or is inside it."""
    return name == prefix or name.startswith(f"{prefix}.")


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, text: str) -> Iterator[str]:
    """Yield the full dotted name of everything a file imports, inside functions and for types only too."""
    package = list(path.with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


@cache
def modules() -> Mapping[str, frozenset[str]]:
    """Return every module of the product by its dotted name, with the dotted names of everything it imports.

    Read only when a test asks: every process of a run collects all tests, and one of them runs these.
    """
    return {_module_name(path): frozenset(_imports(path, text)) for path, text in product_files()}
