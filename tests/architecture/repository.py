"""What belongs to the repository, for the tests that read it as text."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Folders that hold no file of the repository, for copies that come without git.
_NOT_OURS = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".test-results"}
_NOT_OURS |= {".hypothesis", "instance", "instance-demo"}
# What others wrote, each with a VENDOR.md that says where it comes from.
VENDORED = (
    Path("static/vendor"),
    Path("simulators/google/third_party"),
    Path("simulators/microsoft/third_party"),
    Path("tests/deploy/third_party"),
)
_TESTS_AND_TOOLS = {"tests", "tools", "bench", "migrations"}


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is tracked or about to be, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [Path(name) for name in listing.stdout.split("\0") if name]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [name for name in names if not _NOT_OURS & set(name.parts)]
    return tuple(sorted(name for name in set(names) if (ROOT / name).is_file()))


@cache
def text_files() -> tuple[tuple[Path, str], ...]:
    """Return the files we wrote with their text: no vendored ones, no pictures."""
    found = []
    for name in files():
        if any(name.is_relative_to(folder) for folder in VENDORED) and name.name != "VENDOR.md":
            continue
        try:
            found.append((name, (ROOT / name).read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return tuple(found)


def python_files() -> list[tuple[Path, str]]:
    """Return all Python files with their text."""
    return [(name, text) for name, text in text_files() if name.suffix == ".py"]


def product_files() -> list[tuple[Path, str]]:
    """Return the Python files that run in an installation or in the demo."""
    return [(name, text) for name, text in python_files() if name.parts[0] not in _TESTS_AND_TOOLS]
