"""Rules about the repository as a whole that no linter knows."""

import hashlib
import re
import sys
from pathlib import Path

from tests.architecture.repository import ROOT, files, product_files, python_files, text_files

MAXIMUM_LINES = 400
# A file may be longer if it is still one thing; the reason is next to its name.
LONGER_FILES: dict[str, str] = {}

# The home folders of people and build machines. The letters in brackets keep this file from finding itself.
MACHINE_PATHS = re.compile(r"(?<![\w.:/<>-])/(?:[w]ork|[r]oot|[h]ome|[U]sers)/[\w.]")
# Where packages come from is the business of the machine that installs them.
PACKAGE_SOURCES = re.compile(
    r"\b(?:[p]ypi|[p]ythonhosted|[n]pmjs|[d]eb\.debian|[s]ecurity\.debian)\b"
    r"|^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b",
    re.MULTILINE,
)
# The modules that read the clock; what imports nothing of ours reads it in a module of its own.
CLOCK_DOORS = {Path("timezones.py"), Path("providers/clock.py")}
CLOCK_READERS = re.compile(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(|\btime\.time\(")


def test_no_file_names_a_path_of_some_machine() -> None:
    found = [f"{name}:{number}" for name, number in _lines_with(MACHINE_PATHS)]
    found += [f"{name}" for name, text in text_files() if f"{ROOT}/" in text]
    assert found == []


def test_no_file_names_where_packages_come_from() -> None:
    assert [f"{name}:{number}" for name, number in _lines_with(PACKAGE_SOURCES)] == []


def test_every_requirement_is_pinned_exactly() -> None:
    pinned = re.compile(r"[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[^\s;]+( *;.*)?")
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        for line in (ROOT / name).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement and not requirement.startswith("-r "):
                assert pinned.fullmatch(requirement), f"{name}: {requirement} is not pinned with =="


def test_vendored_files_are_those_that_were_published() -> None:
    vendor = ROOT / "static" / "vendor"
    listed = dict(
        re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", (vendor / "VENDOR.md").read_text(), re.M)
    )
    present = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.suffix in {".js", ".css", ".woff2", ".svg"}
    }
    assert present == listed


def test_long_files_have_been_split_or_say_why_not() -> None:
    ours = {".py", ".html", ".js", ".css"}
    long = {
        name.as_posix()
        for name, text in text_files()
        if name.suffix in ours and name.parts[0] != "migrations" and text.count("\n") > MAXIMUM_LINES
    }
    assert long == set(LONGER_FILES), (
        "split what is too long by what it holds, or say in LONGER_FILES why not"
    )


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
