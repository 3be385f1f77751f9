"""Run the tests in phases and close with one summary.

    python tools/run_tests.py [--full] [pytest arguments]

First everything that does not mind company, on as many processes as there are cores. The browser tests stay
together on one of them, because a second browser on the same cores costs more time than it saves. Then,
alone, the tests that measure time or fill all cores. With --full every test runs on both databases, and
races, kills and random sequences repeat themselves at full counts, saying how far they are.

Fails if a test failed, if one was skipped (what a test needs has to be there), if nothing ran, or if a phase
took longer than it may.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / ".test-results"
NO_TESTS_COLLECTED = 5
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 1024**3


@dataclass(frozen=True)
class Phase:
    """One run of pytest. ``limit_seconds`` is where a hanging run is ended, far beyond the ordinary."""

    name: str
    marks: str
    arguments: tuple[str, ...]
    limit_seconds: int


@dataclass(frozen=True)
class Outcome:
    """What one phase counted; ``broken`` means that it ended in a way no count shows."""

    passed: int
    failed: int
    skipped: int
    seconds: float
    broken: bool


# Far beyond what they take, which is four minutes and 25 minutes on two cores.
ORDINARY = (
    Phase("together", "not serial", ("-n", "auto", "--dist", "loadgroup"), 900),
    Phase("alone", "serial", ("-p", "no:xdist"), 600),
)
FULL = (
    Phase("full-together", "not serial", ("--full", "-n", "auto", "--dist", "loadgroup"), 2400),
    Phase("full-alone", "serial", ("--full", "-p", "no:xdist"), 1200),
)


def run(phase: Phase, arguments: list[str]) -> Outcome:
    """Run one phase, showing what pytest prints, and count what it did."""
    RESULTS.mkdir(exist_ok=True)
    report = RESULTS / f"{phase.name}.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    print(f"\n=== {phase.name}: {phase.marks}", flush=True)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            phase.marks,
            *phase.arguments,
            "--durations=20",
            *("-o", "tmp_path_retention_policy=failed"),
            f"--junitxml={report}",
            *arguments,
        ],
        cwd=REPOSITORY,
        env={**os.environ, **temporary_folder()},
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=phase.limit_seconds)
    except subprocess.TimeoutExpired:
        print(f"=== {phase.name} was still running after {phase.limit_seconds} seconds and has been ended.")
        end(process)
        code = -1
    except KeyboardInterrupt:
        # pytest runs in a session of its own, which does not hear Ctrl-C.
        end(process)
        raise
    passed, failed, skipped = counted(report)
    return Outcome(
        passed=passed,
        failed=failed,
        skipped=skipped,
        seconds=time.monotonic() - started,
        broken=code not in (0, 1, NO_TESTS_COLLECTED) or (code == 1 and not failed),
    )


def temporary_folder() -> dict[str, str]:
    """Return what puts the tests' databases into memory where there is room for them.

    Every commit waits for the disk otherwise, a sixth of all the time. No test is about power cuts.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return {}
    return {"TMPDIR": str(MEMORY)} if shutil.disk_usage(MEMORY).free > MEMORY_NEEDED else {}


def end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt pytest so that it can take down what it started; kill it if it does not."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def counted(report: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed and were skipped according to a report of pytest."""
    if not report.exists():
        return 0, 0, 0
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(total - failed - skipped, 0), failed, skipped


def main() -> int:
    arguments = sys.argv[1:]
    full = "--full" in arguments
    rest = [argument for argument in arguments if argument != "--full"]
    outcomes = {phase: run(phase, rest) for phase in (FULL if full else ORDINARY)}

    print()
    for phase, outcome in outcomes.items():
        note = ", and it did not end as it should" if outcome.broken else ""
        ran = outcome.passed + outcome.failed
        print(f"=== {phase.name}: {ran} tests in {outcome.seconds:.0f} seconds{note}")
    passed = sum(outcome.passed for outcome in outcomes.values())
    failed = sum(outcome.failed for outcome in outcomes.values())
    skipped = sum(outcome.skipped for outcome in outcomes.values())
    if skipped:
        print("=== A skipped test counts as a failure: what it needs has to be there.")
    if not passed + failed:
        print("=== No test ran.")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    broken = any(outcome.broken for outcome in outcomes.values())
    return 1 if failed or skipped or broken or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
