"""A PostgreSQL cluster of the tests' own: made in a temporary folder, on a free port, gone afterwards.

It gives up every guarantee against power loss (no fsync) because it never outlives the run; what the tests
check, locking and transactions, does not depend on that.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.machines.processes import MachineError, end_group, free_port, start, tail, wait_until

_TEMPLATE = "migrated_template"
_FOLDER_PREFIX = "smoothhiring-postgresql-"
_CLUSTER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "80",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


# As in an installation, for measuring: nothing that was confirmed may be lost, old rows are cleaned up, and
# statements are counted.
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "on",
}


class PostgreSQLCluster:
    """A running cluster that hands out databases, each quickly copied from a template. `pid` is that of its
    first process."""

    def __init__(self, port: int, pid: int = 0) -> None:
        self.port = port
        self.pid = pid

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create_template(self) -> str:
        """Create the empty database that later ones are copied from, and return its URL for migrating it."""
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        return self.url(_TEMPLATE)

    def create_database(self, name: str = "test", *, template: str = _TEMPLATE) -> str:
        """Create a database like ``template`` and return its URL; an earlier one with that name is dropped.

        Successive tests use the same name, so that they can use the same app.
        """
        self.drop_database(self.url(name))
        if template == _TEMPLATE:
            # PostgreSQL refuses to copy a database that someone is connected to.
            self._execute(
                sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                    template
                )
            )
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, even if someone is still connected to it."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def answers(self) -> bool:
        """Return whether the cluster accepts connections yet."""
        try:
            psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def _program(name: str) -> str:
    """Return the path of a server program; Debian keeps them, by version, outside the search path."""
    on_path = shutil.which(name)
    if on_path:
        return on_path
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[-3]) if re.fullmatch(r"[\d.]+", path.parts[-3]) else 0.0,
    )
    if not versions:
        raise MachineError(
            "These tests need the PostgreSQL server: install the package postgresql, or run make test."
        )
    return str(versions[-1])


def _unprivileged_user() -> str | None:
    """Return the user to run the server as: PostgreSQL refuses to run as root, so root chooses another
    user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise MachineError("PostgreSQL refuses to run as root, and there is no user named postgres or nobody.")


def _sweep_abandoned() -> None:
    """Remove the folders of runs that were killed before they could; the process id is part of the name."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        owner = folder.name.removeprefix(_FOLDER_PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _make_cluster(folder: Path, user: str | None) -> None:
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    outcome = subprocess.run(
        [
            _program("initdb"),
            f"--pgdata={folder / 'data'}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        cwd=folder,
        env=environment,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        raise MachineError(f"initdb could not make a PostgreSQL cluster: {outcome.stderr.strip()[-500:]}")


@contextmanager
def postgresql_cluster(more: Mapping[str, str] | None = None) -> Iterator[PostgreSQLCluster]:
    """Run a cluster as long as the block lasts, with `more` settings in addition to the tests' own;
    MachineError says in one line why there can't be one."""
    _sweep_abandoned()
    user = _unprivileged_user()
    # Not inside pytest's own temporary folder, which the server's user can't enter. The short path also keeps
    # the Unix socket within its limit of about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-"))
    try:
        if user:
            shutil.chown(folder, user)
        _make_cluster(folder, user)
        log = folder / "server.log"
        port = free_port()
        settings = {**_CLUSTER_SETTINGS, **(more or {})}
        arguments = [each for name, value in settings.items() for each in ("-c", f"{name}={value}")]
        process = start(
            [
                _program("postgres"),
                "-D",
                str(folder / "data"),
                "-p",
                str(port),
                "-k",
                str(folder),
                *arguments,
            ],
            log=log,
            settings={"LC_ALL": "C", "PGDATA": str(folder / "data")},
            death_signal=signal.SIGQUIT,
            user=user,
            cwd=folder,
        )
        cluster = PostgreSQLCluster(port, process.pid)
        try:
            wait_until(
                lambda: process.poll() is not None or cluster.answers(),
                what="the PostgreSQL cluster takes connections",
                timeout=30,
            )
            if process.returncode is not None:
                raise MachineError(f"The PostgreSQL server ended at once:\n{tail(log, 20)}")
            yield cluster
        finally:
            # Immediate shutdown: nothing in the cluster is worth writing down.
            end_group(process, how=signal.SIGQUIT, timeout=10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
