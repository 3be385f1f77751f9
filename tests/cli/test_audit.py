"""`make audit` never takes "could not look" for "nothing found"."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.architecture.repository import ROOT
from tools.audit import NOT_REACHED, verdict


def _clean(name: str) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": []}


def _skipped(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": "not found"}


def test_packages_without_known_vulnerabilities_pass() -> None:
    assert verdict([_clean("flask"), _clean("jinja2")]) == (0, ["No known vulnerabilities in 2 packages."])


def test_a_known_vulnerability_is_named_with_the_version_that_fixes_it() -> None:
    flaw = {"id": "EXAMPLE-2026-1", "fix_versions": ["1.1", "2.0"], "aliases": [], "description": "bad"}
    code, lines = verdict([_clean("jinja2"), {"name": "flask", "version": "1.0", "vulns": [flaw]}])
    assert (code, lines) == (1, ["flask 1.0: EXAMPLE-2026-1, fixed in 1.1, 2.0"])


def test_a_package_that_could_not_be_compared_does_not_pass_silently() -> None:
    code, lines = verdict([_clean("flask"), _skipped("jinja2")])
    assert code == 2
    assert lines[-1] == "Could not be compared: jinja2."


def test_a_list_that_knows_no_package_counts_as_not_reached() -> None:
    assert verdict([_skipped("flask"), _skipped("jinja2")]) == (2, [NOT_REACHED])


@pytest.mark.slow  # a Python process that gives up on its connections
def test_an_unreachable_list_is_reported_in_one_line() -> None:
    nowhere = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
    answer = subprocess.run(
        [sys.executable, "tools/audit.py"],
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_PROXY": "", "no_proxy": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, NOT_REACHED + "\n", "")
