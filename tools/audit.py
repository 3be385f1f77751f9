"""`make audit`: compares the locked packages with the list of known vulnerabilities.

Ends with 0 if no vulnerability is known in any of them, with 1 if one is, and with 2 if the list could not be
reached: then nothing was found because nothing was compared. It is not part of the tests, whose result must
not depend on what is published on the day they run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# It contains what the server runs on, plus what the tests and tools need.
LOCK = "requirements-dev.lock"
NOT_REACHED = (
    "The list of known vulnerabilities could not be reached, so nothing was compared. "
    "Run make audit on a machine with access to the internet."
)


def main() -> int:
    answer = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--requirement", LOCK,
         "--format", "json", "--progress-spinner", "off"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    try:
        dependencies = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        dependencies = []
    code, lines = verdict(dependencies)
    sys.stdout.write("\n".join(lines) + "\n")
    return code


def verdict(dependencies: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print for pip-audit's report, which is empty if it could not make
    one.

    A mirror of the package index may not have the list. All its answers are then "not found", which pip-audit
    counts as skipped and reports as success.
    """
    skipped = sorted(each["name"] for each in dependencies if "skip_reason" in each)
    compared = [each for each in dependencies if "skip_reason" not in each]
    if not compared:
        return 2, [NOT_REACHED]
    lines = [
        f"{each['name']} {each['version']}: {found['id']}"
        + (f", fixed in {', '.join(found['fix_versions'])}" if found["fix_versions"] else "")
        for each in compared
        for found in each["vulns"]
    ]
    code = 1 if lines else 0
    if not lines:
        lines = [f"No known vulnerabilities in {len(compared)} packages."]
    if skipped:
        code = code or 2
        lines.append(f"Could not be compared: {', '.join(skipped)}.")
    return code, lines


if __name__ == "__main__":
    sys.exit(main())
