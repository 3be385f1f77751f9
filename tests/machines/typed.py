"""A command of the product as someone types it at a terminal, in a process that the nursery forks.

    python -m tests.machines.typed ANSWERS ARGUMENT...

ANSWERS is what they type when the command asks.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.machines.nursery import Nursery


@dataclass(frozen=True)
class Typed:
    """How a command ended, and everything it printed."""

    code: int
    said: str


def type_command(
    nursery: Nursery, folder: Path, settings: Mapping[str, str], *arguments: str, answers: str = ""
) -> Typed:
    """Run `flask` with these arguments and wait for its end. What it says goes through a file in a folder."""
    log = folder / "typed.log"
    log.unlink(missing_ok=True)
    process = nursery.start("tests.machines.typed", [answers, *arguments], log=log, settings=settings)
    return Typed(process.wait(120), log.read_text())


def main() -> None:
    from flask.cli import main as flask

    answers, *arguments = sys.argv[1:]
    ours, its = os.pipe()
    os.write(its, answers.encode())
    os.close(its)
    os.dup2(ours, 0)
    sys.argv = ["flask", "--app", "app", *arguments]
    flask()


if __name__ == "__main__":
    main()
