"""A provider is named where it is at home, and nowhere else: elsewhere its name comes from a label."""

import re

from tests.architecture.repository import text_files

# Not "zooms", which is what a browser does.
NAME = re.compile(r"zoom(?!s\b)", re.IGNORECASE)
SUFFIXES = {".py", ".html", ".txt", ".js", ".css", ".toml"}
AT_HOME = (
    "providers/zoom/",
    "connections/apps/zoom.py",
    "templates/apps/zoom/",
    "scheduling/software.py",
    # Pretending to be it, showing it, measuring with it, testing it.
    "simulators/",
    "demo/",
    "bench/",
    "tests/",
)
EXCEPTIONS = {
    "config.py": "the operator's settings are named after whose they are",
    "tables/software.py": "the stored value of a meeting's software, and the label of that value",
    "migrations/versions/0001_baseline.py": "the same value, in a constraint",
}


def test_a_provider_is_named_only_where_it_is_at_home() -> None:
    elsewhere = [
        str(name)
        for name, text in text_files()
        if name.suffix in SUFFIXES
        and not str(name).startswith(AT_HOME)
        and str(name) not in EXCEPTIONS
        and NAME.search(text)
    ]
    assert elsewhere == [], "take the name from a label, or say in EXCEPTIONS why it has to stand there"
