"""Makes or restores a backup, and is killed on the way: `python -m tests.backups.killed_program PLAN`.

The plan is JSON. The process kills itself right before that `call`, counted from 1,
of those that change files or commit; at 0 it is not killed at all.
"""

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _die_at(call: int) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    numbers = itertools.count(1)

    def step(*_: object) -> None:
        if next(numbers) == call:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            step()
            return function(*arguments, **options)

        return wrapped

    # The process is this test's own, and only the product's calls to the system are replaced.
    for name in ("fsync", "replace", "unlink", "mkdir"):
        setattr(os, name, before(getattr(os, name)))
    event.listen(Engine, "commit", step)


def main() -> None:
    plan = json.loads(sys.argv[1])
    from app import create_app
    from backups.here import installation_of
    from backups.keys import read_secret
    from backups.making import make_backup
    from backups.restoring import restore
    from extensions import db

    if plan["what"] == "restore":
        sys.argv = ["flask", "restore"]
    app = create_app({"TESTING": True, **plan["settings"]})
    _die_at(plan["call"])
    if plan["what"] == "restore":
        restore(app, Path(plan["path"]), read_secret(plan["secret"]))
        return
    with app.app_context():
        engine = db.engine
    make_backup(installation_of(app.config, engine), Path(plan["path"]), [plan["public"]])


if __name__ == "__main__":
    main()
