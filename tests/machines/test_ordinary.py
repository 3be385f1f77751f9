"""The list of what `make test` leaves out names only tests and cases that exist."""

import re
from collections import defaultdict
from fnmatch import fnmatchcase

import pytest

from tests.machines.ordinary import KEPT
from tests.machines.processes import REPOSITORY

# A run of fewer tests was narrowed by the person who started it, and lacks cases for that reason.
WHOLE_RUN = 3000


def test_every_name_is_that_of_a_test() -> None:
    for file, functions in KEPT.items():
        text = (REPOSITORY / file).read_text()
        for function in functions:
            assert re.search(rf"^def {function}\(", text, re.MULTILINE), f"{file} has no {function}"


def test_every_kept_case_is_in_the_run(request: pytest.FixtureRequest) -> None:
    items = request.session.items
    if len(items) < WHOLE_RUN:
        return
    cases = defaultdict[str, list[str]](list)
    for item in items:
        name, _, case = item.nodeid.partition("[")
        cases[name].append(case.removesuffix("]"))
    for file, functions in KEPT.items():
        for function, patterns in functions.items():
            there = cases[f"{file}::{function}"]
            for pattern in patterns:
                assert any(fnmatchcase(case, pattern) for case in there), (function, pattern, there)
