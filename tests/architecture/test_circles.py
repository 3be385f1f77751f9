"""There are no circles, neither among modules nor among the packages that contain them.

At every level, modules and packages side by side form layers: if one part imports something of another, then
nothing in the other leads back, by whatever detour. Imports that are only for types count, because a circle
that only a type checker sees is still one for someone who reads the code.
"""

from collections.abc import Iterator, Mapping

from tests.architecture.modules import begins_with, modules

# Known circles, with their members.
KNOWN = (
    # Tables that refer to each other because their rows do: an interview has mails, and a mail has an
    # interview.
    {"tables.deliveries", "tables.interviews"},
)


def _module_of(name: str) -> str | None:
    """The module that contains an imported name, or None if it is not ours."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or None


def _siblings() -> dict[str, dict[str, set[str]]]:
    """For each package ("" for the top), the modules and packages directly in it, and which imports which."""
    found: dict[str, dict[str, set[str]]] = {}
    for module, names in modules().items():
        own = module.split(".")
        for other in filter(None, map(_module_of, names)):
            theirs = other.split(".")
            level = next((i for i, (a, b) in enumerate(zip(own, theirs, strict=False)) if a != b), None)
            # A package and what is in it are not siblings.
            if level is not None:
                one, two = ".".join(own[: level + 1]), ".".join(theirs[: level + 1])
                found.setdefault(".".join(own[:level]), {}).setdefault(one, set()).add(two)
    return found


def _circles(edges: Mapping[str, set[str]]) -> Iterator[frozenset[str]]:
    """Yield each largest set of siblings that all lead to one another."""
    reached: dict[str, set[str]] = {}
    for start in edges:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = edges.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        reached[start] = seen
    yield from {
        frozenset(other for other in seen if start in reached.get(other, ()))
        for start, seen in reached.items()
        if start in seen
    }


def _is_known(circle: frozenset[str]) -> bool:
    return any(all(any(begins_with(name, part) for part in known) for name in circle) for known in KNOWN)


def test_siblings_have_no_circles() -> None:
    found = [
        f"in {package or 'the repository'}: {', '.join(sorted(circle))}"
        for package, edges in _siblings().items()
        for circle in _circles(edges)
        if not _is_known(circle)
    ]
    assert found == []


def test_modules_have_no_circles() -> None:
    edges = {
        module: {other for other in map(_module_of, names) if other is not None}
        for module, names in modules().items()
    }
    assert [sorted(circle) for circle in _circles(edges) if not _is_known(circle)] == []


def test_circles_are_found() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert list(_circles(edges)) == [frozenset({"b", "c"})]
