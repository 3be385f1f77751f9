"""Rules about the repository as a whole that no linter knows."""

import hashlib
import re
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, VENDORED, files, product_files, python_files, text_files

MAXIMUM_LINES = 400
# A file may be longer if it is still about one thing; the reason is next to its name.
LONGER_FILES: dict[str, str] = {}

# The home folders of people and build machines. The letters in brackets keep this file from finding itself.
MACHINE_PATHS = re.compile(r"(?<![\w.:/<>-])/(?:[w]ork|[r]oot|[h]ome|[U]sers)/[\w.]")
# Where packages come from is the business of the machine that installs them.
PACKAGE_SOURCES = re.compile(
    r"\b(?:[p]ypi|[p]ythonhosted|[n]pmjs|[d]eb\.debian|[s]ecurity\.debian)\b"
    r"|^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b",
    re.MULTILINE,
)
# The modules that read the clock. Code that imports nothing of ours has its own module that reads it.
CLOCK_DOORS = {Path("timezones.py"), Path("providers/clock.py")}
CLOCK_READERS = re.compile(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(|\btime\.time\(")


def test_no_file_names_a_path_of_some_machine() -> None:
    found = [f"{name}:{number}" for name, number in _lines_with(MACHINE_PATHS)]
    found += [f"{name}" for name, text in text_files() if f"{ROOT}/" in text]
    assert found == []


def test_no_file_names_where_packages_come_from() -> None:
    assert [f"{name}:{number}" for name, number in _lines_with(PACKAGE_SOURCES)] == []


def test_every_requirement_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement and not requirement.startswith("-r "):
                assert _PINNED.fullmatch(requirement), f"{name}: {requirement} is not pinned with =="


def test_lock_files_hold_every_requirement_with_hashes() -> None:
    for name in ("requirements", "requirements-dev"):
        locked = _locked(f"{name}.lock")
        wanted = (ROOT / f"{name}.txt").read_text()
        if name == "requirements-dev":
            wanted += (ROOT / "requirements.txt").read_text()
        for package, version in re.findall(r"^([\w.-]+)(?:\[[a-z,]+\])?==(\S+)", wanted, re.MULTILINE):
            assert locked.get(_normal(package)) == version, f"make lock: {package} is not in {name}.lock"


def test_what_is_tested_is_what_runs() -> None:
    tested = _locked("requirements-dev.lock")
    assert [
        name for name, version in _locked("requirements.lock").items() if tested.get(name) != version
    ] == []


_PINNED = re.compile(r"[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[^\s;]+( *;.*)?")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def _locked(name: str) -> dict[str, str]:
    """The packages of a lock file with their versions; each of them has at least one hash."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        requirement, *hashes = line.split("--hash", maxsplit=1)
        assert _PINNED.fullmatch(requirement.strip()), f"{name}: {requirement} is not pinned with =="
        assert hashes, f"{name}: {requirement} has no hash"
        assert all(_HASH.fullmatch(part) for part in f"--hash{hashes[0]}".split())
        package, _, version = requirement.partition("==")
        found[_normal(package.partition("[")[0])] = version.split()[0]
    return found


def _normal(package: str) -> str:
    """A package's name in the form that indexes compare."""
    return re.sub(r"[-_.]+", "-", package).lower()


@pytest.mark.parametrize("folder", VENDORED, ids=str)
def test_vendored_files_are_those_that_were_published(folder: Path) -> None:
    vendor = ROOT / folder
    listed = dict(
        re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", (vendor / "VENDOR.md").read_text(), re.M)
    )
    present = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.suffix in {".js", ".ts", ".css", ".woff2", ".svg", ".json"}
    }
    assert present == listed


def test_long_files_have_been_split_or_say_why_not() -> None:
    ours = {".py", ".html", ".js", ".css"}
    long = {
        name.as_posix()
        for name, text in text_files()
        if name.suffix in ours and name.parts[0] != "migrations" and text.count("\n") > MAXIMUM_LINES
    }
    assert long == set(LONGER_FILES), "split long files by what they contain, or say in LONGER_FILES why not"


def test_no_module_shadows_the_standard_library() -> None:
    top_level = {name.parts[0].removesuffix(".py") for name, _ in python_files() if name.suffix == ".py"}
    assert top_level & sys.stdlib_module_names == set()


def test_no_catch_all_modules() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "misc.py", "common.py", "manager.py"}
    assert [str(name) for name in files() if name.name in vague] == []


def test_no_template_switches_escaping_off() -> None:
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+false")
    templates = [(name, text) for name, text in text_files() if "templates" in name.parts]
    assert [str(name) for name, text in templates if unescaped.search(text)] == []


def test_only_the_time_zone_module_reads_the_clock() -> None:
    readers = [
        str(name)
        for name, text in product_files()
        if name not in CLOCK_DOORS and name.parts[0] != "simulators" and CLOCK_READERS.search(text)
    ]
    assert readers == [], "ask timezones.utc_now(), which tests can set"


def _lines_with(pattern: re.Pattern[str]) -> list[tuple[Path, int]]:
    return [
        (name, text.count("\n", 0, match.start()) + 1)
        for name, text in text_files()
        for match in pattern.finditer(text)
    ]
