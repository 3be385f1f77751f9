"""Run the tests, in one run of pytest on several processes, and end with a summary.

    python tools/run_tests.py [--full] [pytest arguments]

There is one more process than there are cores: tests that kill servers, or wait for ones that never answer,
are mostly idle. The tests of a file stay together as long as all processes are busy, so that they share what
their file sets up. With --full every test runs on both databases, and races, kills and random sequences
repeat at full counts and report their progress.

Fails if a test failed, if one was skipped (what a test needs has to be there), if nothing ran, or if the run
took longer than allowed.
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
class Outcome:
    """The counts of a run; ``broken`` means that it ended in a way that no count shows."""

    passed: int
    failed: int
    skipped: int
    seconds: float
    broken: bool


# When a hanging run is ended: long after the 11 and 47 minutes that runs take on two slow cores.
LIMIT_SECONDS, FULL_LIMIT_SECONDS = 2100, 5400


def run(arguments: list[str], *, is_full: bool) -> Outcome:
    """Run the tests, show what pytest prints, and count the results."""
    RESULTS.mkdir(exist_ok=True)
    report = RESULTS / ("full.xml" if is_full else "ordinary.xml")
    limit_seconds = FULL_LIMIT_SECONDS if is_full else LIMIT_SECONDS
    report.unlink(missing_ok=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *("-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal"),
            *(["--full"] if is_full else []),
            "--durations=20",
            *("-o", "tmp_path_retention_policy=failed"),
            f"--junitxml={report}",
            *arguments,
        ],
        cwd=REPOSITORY,
        env=environment(),
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=limit_seconds)
    except subprocess.TimeoutExpired:
        print(f"=== The tests were still running after {limit_seconds} seconds and have been ended.")
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


def environment() -> dict[str, str]:
    """Return the environment of the tests: this one, with temporary files in memory, and with compiled code
    kept.

    pytest rewrites every test's code before it compiles it. If Python is told to keep nothing, each process
    does so again in each run, which takes five seconds.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **temporary_folder()}


def temporary_folder() -> dict[str, str]:
    """Return the setting that puts the tests' databases into memory if there is room for them.

    Otherwise every commit waits for the disk, which is a sixth of the whole run time. No test is about power
    cuts.
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
    outcome = run([each for each in arguments if each != "--full"], is_full="--full" in arguments)
    print()
    if outcome.broken:
        print("=== The run did not end as it should.")
    if outcome.skipped:
        print("=== A skipped test counts as a failure: what it needs has to be there.")
    if not outcome.passed + outcome.failed:
        print("=== No test ran.")
    counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
    print(f"{counts} in {outcome.seconds:.0f} seconds")
    return 1 if outcome.failed or outcome.skipped or outcome.broken or not outcome.passed else 0


if __name__ == "__main__":
    sys.exit(main())
