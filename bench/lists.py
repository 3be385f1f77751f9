"""Measures the lists of candidates and interviews: `python -m bench.lists --help`.

Two questions. How much longer does a page of a long list take than the same page of a short one? And how
much longer than a bare page of as many rows? The pages are requested in turns over HTTP, one at a time, so
that other load on the machine affects all of them equally.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import many_rows
from bench.servers import MeasuredServer, bare, in_turns, product

AIM_LONG, AIM_BARE = 1.3, 2.0

LISTS = ("/candidates", "/interviews")
# Shown as well, without a target: what people do with lists.
OTHERS = (
    "/candidates?sort=newest",
    "/candidates?q=okafor",
    "/candidates?q=zzzz",
    "/candidates?stage=offer",
    "/interviews?status=completed",
    "/interviews?q=okafor",
    "/jobs",
    "/calendar",
    "/search?q=rossi",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description="Measure long lists.")
    parser.add_argument("--few", type=int, default=1000, help="rows of the short lists (default: 1000)")
    parser.add_argument("--many", type=int, default=100_000, help="rows of the long lists (default: 100000)")
    parser.add_argument("--times", type=int, default=200, help="how often each page is read (default: 200)")
    wanted = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoothhiring-lists-") as name, ExitStack() as stack:
        folder = Path(name)
        few = stack.enter_context(_filled(folder / "few", wanted.few))
        many = stack.enter_context(_filled(folder / "many", wanted.many))
        yardstick = stack.enter_context(bare(folder / "many", "bench.bare_lists"))
        lines = [f"{'median of server answers':<34}{'bare':>9}{wanted.few:>10,}{wanted.many:>11,}"]
        verdicts = []
        for address in LISTS:
            on_bare, on_few, on_many = in_turns(
                [(server, address, 200) for server in (yardstick, few, many)], wanted.times
            )
            lines.append(_line(address, on_bare, on_few, on_many))
            verdicts.append(_ratio(f"{address}: long / short", on_many / on_few, AIM_LONG))
            verdicts.append(_ratio(f"{address}: long / bare", on_many / on_bare, AIM_BARE))
        for address in OTHERS:
            on_few, on_many = in_turns([(server, address, 200) for server in (few, many)], wanted.times // 4)
            lines.append(_line(address, None, on_few, on_many))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    ending = f"{machine}. Took {time.monotonic() - began:.0f} seconds."
    sys.stdout.write("\n".join(["", *lines, "", *verdicts, "", ending, ""]))


@contextmanager
def _filled(folder: Path, rows: int) -> Iterator[MeasuredServer]:
    folder.mkdir()
    sys.stderr.write(f"  filling a database with {rows:,} candidates and interviews\n")
    with product(folder, many_rows.make(folder, rows)) as server:
        yield server


def _line(address: str, bare: float | None, few: float, many: float) -> str:
    shown = f"{bare * 1000:6.1f} ms" if bare is not None else f"{'':9}"
    return f"  {address:<32}{shown}{few * 1000:7.1f} ms{many * 1000:8.1f} ms"


def _ratio(what: str, ratio: float, aim: float) -> str:
    verdict = "reached" if ratio <= aim else "missed"
    return f"  {what:<42}{ratio:9.2f}   aim: {aim:.1f} or less, {verdict}"


if __name__ == "__main__":
    main()
