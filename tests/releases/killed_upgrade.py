"""Brings a database up to date, and is killed on the way: `python -m tests.releases.killed_upgrade PLAN`.

The plan is a file with JSON. The process kills itself right before that `call`, counted from 1, of its
statements and commits; at 0 it is not killed at all. How many there were goes into the file `count`.
"""

import itertools
import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    from app import create_app
    from schema import migrate_database

    plan = json.loads(Path(sys.argv[1]).read_text())
    app = create_app({"TESTING": True, **plan["settings"]})
    numbers = itertools.count(1)

    def step(*_: object) -> None:
        if next(numbers) == plan["call"]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    migrate_database(app)
    Path(plan["count"]).write_text(str(next(numbers) - 1))


if __name__ == "__main__":
    main()
