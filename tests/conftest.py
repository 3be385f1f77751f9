"""The machines that tests run on, as fixtures. A machine that is not available is a failure, never a skip."""

import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

import security
from tests.machines import choosing, dealing, garbage
from tests.machines.application import (
    CompiledTemplates,
    MakeApp,
    build_app,
    close_app,
    copy_sqlite,
    make_sqlite_template,
    migrate_database,
    settings_for,
)
from tests.machines.apps import Apps, LendApp, Place, Seeded
from tests.machines.browser import BrowserComplaints, new_desktop_context, running_chromium
from tests.machines.clock import Clock, stopped_clock
from tests.machines.counts import Counts
from tests.machines.network import NetworkGuard, guarded_network
from tests.machines.nursery import Nursery, running_nursery
from tests.machines.postgresql import PostgreSQLCluster, postgresql_cluster
from tests.machines.processes import tail
from tests.machines.routes import keep_compiled_routes
from tests.machines.servers import Launch, ServerProcess, ServerProcesses, launch_from
from tests.machines.simulators import Simulators, running_simulators
from tests.machines.slowness import Slowness

hypothesis.settings.register_profile("ordinary", max_examples=25, deadline=None, database=None)
hypothesis.settings.register_profile("full", max_examples=150, deadline=None, database=None)

# Files whose last lines are shown if the test that put them here fails.
_LOG_FILES = pytest.StashKey[list[Callable[[], list[Path]]]]()
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="repeat races, kills and random sequences at full counts"
    )
    parser.addoption("--seed", type=int, help="repeat the random run that printed this seed")
    parser.addoption("--minutes", type=float, help="how long test_two_servers.py runs, with a kill a minute")
    parser.addoption("--screenshots", action="store_true", help="take the pictures of docs/pictures again")
    parser.addoption("--filmstrip", help="a folder for pictures of the screens of test_five_clicks.py")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("full" if config.getoption("--full") else "ordinary")
    config.pluginmanager.register(choosing)
    config.pluginmanager.register(dealing)
    config.pluginmanager.register(garbage)
    config.pluginmanager.register(Slowness(), "slowness")
    keep_compiled_routes()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show the logs of a test's processes if it fails."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.failed:
        item.stash[_FAILED] = True
        for node in item.listchain():
            for log_files in node.stash.get(_LOG_FILES, []):
                report.sections.extend((f"end of {log.name}", tail(log)) for log in log_files())
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session", autouse=True)
def network_guard() -> Iterator[NetworkGuard]:
    """Keeps this process on this machine for the whole run."""
    with guarded_network() as guard:
        yield guard


@pytest.fixture(autouse=True)
def no_outside_network(network_guard: NetworkGuard) -> Iterator[None]:
    """Fail a test that tried to leave this machine, even if the code under test swallowed the error."""
    network_guard.refused.clear()
    yield
    assert not network_guard.refused, f"This test tried to reach {network_guard.refused}."


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share, for what only one of them needs to make."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(run_folder: Path) -> Iterator[None]:
    """Share compiled templates: otherwise, compiling the same ones again takes half the time of every test
    that opens a page."""
    before = Flask.jinja_options
    Flask.jinja_options = {**before, "bytecode_cache": CompiledTemplates(run_folder / "compiled-templates")}
    yield
    Flask.jinja_options = before


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords with the same function at its lowest cost; server processes use the real cost."""
    before = security._hasher
    security._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    security._hasher = before


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Counts:
    """``counts(ordinary=50, full=1000)`` or ``for n in counts.repeat("kill test", ordinary=5, full=500)``."""
    return Counts(request.config)


@pytest.fixture
def seed(request: pytest.FixtureRequest, counts: Counts) -> int:
    """The seed of a random run: a new one each time, printed at once, so that the run can be repeated."""
    chosen: int | None = request.config.getoption("--seed")
    number = random.SystemRandom().randrange(10**6) if chosen is None else chosen
    counts.say(f'seed {number}: repeat with ONLY="{request.node.nodeid} --seed {number}"')
    return number


# Databases


@pytest.fixture(scope="session")
def _template_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation in which the template databases were made; its keys and id go with every copy of
    them."""
    return tmp_path_factory.mktemp("instance-template")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLCluster]:
    """This process's own PostgreSQL cluster, empty."""
    with postgresql_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _postgresql_template(postgresql: PostgreSQLCluster, _template_instance: Path) -> PostgreSQLCluster:
    migrate_database(postgresql.create_template(), _template_instance)
    return postgresql


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory, _template_instance: Path) -> Path:
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite-template"), _template_instance)


@pytest.fixture(scope="session")
def _place(
    _sqlite_template: Path, _template_instance: Path, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """Where this process's tests work, one after another."""
    return Place(tmp_path_factory.mktemp("place"), _sqlite_template, _template_instance)


@pytest.fixture(scope="session")
def _apps() -> Apps:
    return Apps()


@pytest.fixture
def instance_path(_place: Place) -> Path:
    """The instance folder that belongs to the database of ``database_url``, with nothing in it but keys."""
    return _place.empty_instance()


@pytest.fixture
def sqlite_url(_place: Place) -> str:
    """The URL of a migrated, empty SQLite database."""
    return _place.empty_database()


@pytest.fixture
def postgres_url(_postgresql_template: PostgreSQLCluster) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database."""
    url = _postgresql_template.create_database()
    yield url
    _postgresql_template.drop_database(url)


@pytest.fixture(
    params=[
        pytest.param("sqlite", id="sqlite"),
        pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def seeded(_place: Place) -> Seeded:
    """``seeded(app, create_team)`` fills the empty database of an app; after the first time, by restoring a
    copy."""
    return _place.seeded


@pytest.fixture
def lend_app(_apps: Apps) -> Iterator[LendApp]:
    """Lends an app with settings from ``settings_for``, for the length of a test."""
    lent: list[Flask] = []

    def lend(settings: Mapping[str, str]) -> Flask:
        lent.append(_apps.lend(settings))
        return lent[-1]

    yield lend
    for app in lent:
        _apps.take_back(app)


@pytest.fixture
def app(database_url: str, instance_path: Path, lend_app: LendApp) -> Flask:
    """The app on an empty database, once per kind of database, without background work."""
    return lend_app(settings_for(database_url, instance_path))


@pytest.fixture
def sqlite_app(sqlite_url: str, instance_path: Path, lend_app: LendApp) -> Flask:
    """The app on SQLite alone, for tests whose subject never touches the difference."""
    return lend_app(settings_for(sqlite_url, instance_path))


@pytest.fixture
def make_app(sqlite_url: str, instance_path: Path, lend_app: LendApp) -> MakeApp:
    """Builds apps on one SQLite database, with settings of the test's choice."""

    def make(settings: Mapping[str, str] | None = None) -> Flask:
        return lend_app(settings_for(sqlite_url, instance_path, settings))

    return make


@pytest.fixture
def new_app(sqlite_url: str, instance_path: Path) -> Iterator[Flask]:
    """A newly built app on SQLite, for tests that add routes to it: none can be added once it has
    answered."""
    app = build_app(settings_for(sqlite_url, instance_path))
    yield app
    close_app(app)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The product's clock, stopped at noon on a Monday in winter."""
    with stopped_clock() as stopped:
        yield stopped


# For a whole module: many cases that do not care what earlier ones left behind share the cost of the start.


@pytest.fixture(scope="module")
def shared_instance_path(_template_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of ``shared_app`` or ``shared_server``."""
    return Path(shutil.copytree(_template_instance, tmp_path_factory.mktemp("shared") / "instance"))


@pytest.fixture(scope="module")
def shared_url(_sqlite_template: Path, shared_instance_path: Path) -> str:
    """The URL of their database."""
    return copy_sqlite(_sqlite_template, shared_instance_path.with_name("smoothhiring.sqlite3"))


@pytest.fixture(scope="module")
def shared_app(shared_url: str, shared_instance_path: Path) -> Iterator[Flask]:
    """The app on a SQLite database that the tests of the module share."""
    app = build_app(settings_for(shared_url, shared_instance_path))
    yield app
    close_app(app)


# Other programs


@pytest.fixture(scope="session")
def _running_simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    with running_simulators(tmp_path_factory.mktemp("simulators")) as simulators:
        yield simulators


@pytest.fixture
def simulators(_running_simulators: Simulators) -> Iterator[Simulators]:
    """The simulated providers and mailbox, running in a process of their own, with nothing in them yet. What
    the test made the product ask of Google and Microsoft has to follow their documents."""
    _running_simulators.reset()
    yield _running_simulators
    _running_simulators.assert_no_violation()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory, run_folder: Path) -> Iterator[Nursery]:
    """Starts processes of the product without the time that importing it takes."""
    with running_nursery(tmp_path_factory.mktemp("nursery"), run_folder / "first-start") as nursery:
        yield nursery


@pytest.fixture(scope="session")
def launch_server(nursery: Nursery) -> Launch:
    """How servers start here: forked, as if after a first start."""
    return launch_from(nursery)


@pytest.fixture
def server_processes(
    request: pytest.FixtureRequest,
    launch_server: Launch,
    database_url: str,
    instance_path: Path,
    simulators: Simulators,
    tmp_path: Path,
) -> Iterator[ServerProcesses]:
    """Starts real servers on ``database_url`` that use the simulators; ``start(2)`` returns two of them."""
    folder = tmp_path / "servers"
    folder.mkdir()
    settings = settings_for(
        database_url, instance_path, {**simulators.settings(), "SCHEDULER_ENABLED": "true"}
    )
    processes = ServerProcesses(folder, settings, launch_server)
    request.node.stash.setdefault(_LOG_FILES, []).append(lambda: processes.log_files)
    yield processes
    processes.end_all()


@pytest.fixture(scope="module")
def shared_server(
    request: pytest.FixtureRequest,
    launch_server: Launch,
    shared_url: str,
    shared_instance_path: Path,
) -> Iterator[ServerProcess]:
    """A real server that the tests of the module share, without background work and without simulators."""
    folder = shared_instance_path.with_name("servers")
    folder.mkdir()
    settings = settings_for(shared_url, shared_instance_path)
    processes = ServerProcesses(folder, settings, launch_server)
    request.node.stash.setdefault(_LOG_FILES, []).append(lambda: processes.log_files)
    yield processes.start(1)[0]
    processes.end_all()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def browser_complaints() -> Iterator[BrowserComplaints]:
    """Everything the browser complained about; the test fails on any complaint it did not ``expect``."""
    complaints = BrowserComplaints()
    yield complaints
    assert complaints.unexpected() == []


@pytest.fixture
def new_browser_context(
    request: pytest.FixtureRequest, chromium: Browser, browser_complaints: BrowserComplaints, tmp_path: Path
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts with their own cookies; takes the options of Playwright's ``new_context``."""
    contexts: list[BrowserContext] = []

    def new_context(**options: object) -> BrowserContext:
        contexts.append(new_desktop_context(chromium, browser_complaints, **options))
        return contexts[-1]

    yield new_context
    pages = [page for context in contexts for page in context.pages]
    if request.node.stash.get(_FAILED, False):
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=tmp_path / f"page-{number}.png", full_page=True)
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(new_browser_context: Callable[..., BrowserContext]) -> Page:
    """A page of a desktop's size in a context of its own."""
    return new_browser_context().new_page()
