"""Who may import whom, as a table.

The longest name on the left that a module's own name begins with decides. On the right are the modules and
packages of ours that it may import, besides itself and what is in it.
"""

from functools import cache

from tests.architecture.modules import begins_with, modules

EVERYTHING = frozenset({"*"})
# What nearly every part may know: the tables, access to the database, the clock, texts and words, and how
# people write telephone numbers.
GROUND = frozenset(
    {"models", "database", "extensions", "rows", "timezones", "text", "wording", "phone_numbers", "web_links"}
)
# The domain, by what it is about. Its parts may know one another.
DOMAIN = frozenset({"accounts", "hiring", "scheduling"})

# How the domain asks for background work, in the transaction of its decision.
ASKING_FOR_WORK = frozenset({"work.outbox", "work.kinds", "work.mail", "work.unsent"})

RULES: dict[str, frozenset[str]] = {
    # The only places where parts are put together.
    "app": EVERYTHING,
    "cli": EVERYTHING,
    "backup_commands": EVERYTHING,
    "unloaded_commands": frozenset(),
    "own_commands": frozenset(),
    "gunicorn.conf": EVERYTHING,
    "background": EVERYTHING,
    "first_start": EVERYTHING,
    "product_version": frozenset(),
    # Runs in the image, every half minute.
    "deploy.healthy": frozenset(),
    # Looks at every part, and asks none to do anything.
    "doctor": GROUND
    | {
        "config",
        "doctor",
        "host_names",
        "instance_folder.fingerprint",
        "own_commands",
        "product_version",
        "schema",
        "services",
    }
    | {"accounts.copies", "accounts.findings", "accounts.mails.newest_test_email", "accounts.restored"}
    | {"connections.app_spec", "connections.catalogue", "connections.single_sign_on", "connections.wording"}
    | {"messaging.delivery", "messaging.findings", "messaging.sender_domain", "providers.errors"}
    | {"tasks.attention", "work.findings", "work.heartbeat", "work.mail.count_due", "work.servers"},
    "this_server": frozenset({"config.settings_names", "instance_folder", "product_version"}),
    "schema": frozenset({"config", "database", "extensions"}),
    # Everything an installation is made of, below everything that uses it.
    "services": frozenset(
        {
            "accounts.known_browsers",
            "accounts.links",
            "accounts.passwords",
            "accounts.second_step",
            "accounts.throttling",
            "accounts.two_step",
            "attachment_files",
            "connections.free_busy",
            "backups.nightly",
            "connections.service",
            "connections.single_sign_on",
            "instance_folder",
            "messaging.addresses",
            "messaging.copies",
            "scheduling.candidate_links",
            "scheduling.join_links",
            "scheduling.outside.look_ups",
            "scheduling.rules",
            "security",
            "this_server",
        }
    ),
    # Made-up people and jobs are created the way real ones are; the simulators are started as programs.
    # Emails about past events are recorded as sent, with their contents.
    "demo": GROUND
    | DOMAIN
    | {"app", "config", "instance_folder", "schema", "security", "services", "work.mail"}
    | {"tasks.mails.previews"}
    # Some of its people have connected an account.
    | {"connections.round_trip", "connections.notices", "connections.catalogue"},
    # What every request goes through, no matter which part of the interface answers it.
    "web": GROUND
    | DOMAIN
    | {"htmx", "security", "services", "paging", "connections.wording", "connections.service"}
    | {"own_commands", "public_address"}
    | {"connections.catalogue", "connections.purposes"}
    | {"work.findings", "connections.findings", "messaging.findings", "messaging.delivery.is_configured"}
    | {"work.heartbeat.beat_column", "work.heartbeat.backup_columns"}
    # The answer to a click leaves before the work behind it begins.
    | {"work.outbox.hold_back_wakes", "work.outbox.stop_holding_back_wakes"},
    # Thin routes. They may compose a mail for its preview, and use nothing else of messaging.
    "blueprints": GROUND
    | DOMAIN
    | {"connections", "web", "htmx", "security", "services", "instance_folder", "own_commands", "paging"}
    | {"messaging.letters", "messaging.facts", "messaging.reading", "messaging.copies", "messaging.feeds"}
    | {"tasks.mails.previews", "work.mail.Recipient"}
    | {"messaging.delivery.sender_address", "messaging.delivery.is_configured"}
    | {"messaging.wording"}
    # What is searched in rows that are already on the page.
    | {"searching.spellings", "searching.words_of"}
    | {"messaging.sender_domain", "messaging.signing_in.issuer_of"}
    | {"work.findings", "work.mail.count_due", "tasks.attention", "tasks.held_back"}
    # A restored server's links, which people ask about while nothing is done in the background.
    | {"tasks.asking_for_links"}
    | {"doctor", "product_version"},
    # The domain enqueues work in the caller's transaction and knows nothing else about background work.
    # Grants of people who leave the team are revoked.
    "accounts": GROUND
    | DOMAIN
    | {"security", "connections.revocation", "connections.catalogue"}
    | ASKING_FOR_WORK,
    # What hiring does once a day is a chore.
    "hiring": GROUND
    | DOMAIN
    | {"security", "paging", "searching", "spelling", "work.chores"}
    | ASKING_FOR_WORK,
    # A meeting's steps call the provider they are given, with the values and errors that all providers share,
    # and say when to try again.
    "scheduling": GROUND
    | DOMAIN
    | {"security", "paging", "searching", "day_reading", "work.protocol", "work.retry"}
    | {"providers.base", "providers.errors", "providers.protocols"}
    | ASKING_FOR_WORK,
    # Which settings belong to the app that a kind of software needs.
    "scheduling.software": GROUND | {"connections.catalogue"},
    "scheduling.entries.apps": GROUND | {"connections.catalogue"},
    "scheduling.drafts.attachments": GROUND | DOMAIN | {"work.chores"},
    # The domain says what may be kept and when it is removed; the bytes are handled elsewhere.
    "scheduling.files": GROUND | DOMAIN | {"attachment_files", "work.chores"},
    "connections": GROUND | {"providers", "security"} | ASKING_FOR_WORK,
    # A mail server may ask for a token, which is fetched like those of the providers.
    "messaging": GROUND | {"security", "host_names"} | {"providers.client_credentials", "providers.errors"},
    "accounts.findings": GROUND | {"work.findings"},
    "messaging.findings": frozenset({"messaging", "work.findings"}),
    "connections.findings": GROUND | {"connections", "work.findings"},
    # Background work has two layers: the handlers are high up and know everything that acts; the engine that
    # runs them is low, and even the domain knows its outbox.
    "tasks": GROUND
    | DOMAIN
    | {"work", "connections", "messaging", "providers", "security", "services", "attachment_files"}
    | {"backups.errors", "backups.nightly"},
    "work": GROUND,
    # The floor: nothing of ours but what is listed here.
    "models": frozenset({"tables"}),
    # A candidate's row holds the digits by which searches find the number.
    "tables": frozenset({"database", "extensions", "phone_numbers", "timezones"}),
    # A row that links lead to is created with the nonce that proves them.
    "tables.link_nonce": frozenset({"security"}),
    "paging": frozenset({"database", "extensions", "rows", "security"}),
    "searching": frozenset({"models", "paging"}),
    "spelling": frozenset({"searching"}),
    "rows": frozenset({"extensions", "prepared"}),
    "prepared": frozenset(),
    "database": frozenset({"timezones"}),
    "extensions": frozenset({"database", "models"}),
    "security": frozenset({"database"}),
    "htmx": frozenset(),
    # Gunicorn itself, besides our configuration of it.
    "host_names": frozenset(),
    "whole_requests": frozenset({"gunicorn"}),
    "zone_data": frozenset(),
    "day_reading": frozenset(),
    "zone_words": frozenset(),
    "zone_reading": frozenset({"zone_data", "zone_words"}),
    "timezones": frozenset({"zone_data", "zone_reading"}),
    "phone_numbers": frozenset(),
    "text": frozenset(),
    "web_links": frozenset({"text"}),
    "wording": frozenset(),
    # What an address is, to report at the start that a setting isn't one.
    "config": frozenset({"file_systems", "messaging.addresses", "public_address", "setting_values"}),
    "file_systems": frozenset(),
    "setting_values": frozenset({"messaging.addresses", "own_commands", "public_address"}),
    "public_address": frozenset(),
    "instance_folder": frozenset({"own_commands"}),
    "attachment_files": frozenset(),
    # Rows as they are in the database, whatever the rest of the product does with them.
    "backups": GROUND
    | {"instance_folder", "attachment_files", "own_commands", "product_version", "schema", "security"},
    "providers": frozenset(),
    # Its time limits apply to looking up names too.
    "providers.transport": frozenset({"host_names", "public_address"}),
    # Its zone names are compared by what their clocks show.
    "providers.zoom.timezones": frozenset({"providers", "timezones"}),
    # Where a day begins, for entries of whole days.
    "providers.google.events": frozenset({"providers", "timezones"}),
    # The same, and the Windows names of the zones.
    "providers.microsoft.times": frozenset({"providers", "timezones"}),
    "simulators": frozenset(),
}

# Third-party packages that a part of ours must not know, whatever it does.
FOREIGN: dict[str, frozenset[str]] = {
    "scheduling": frozenset({"flask", "requests", "smtplib", "authlib", "flask_mail"}),
    "providers": frozenset({"flask", "flask_sqlalchemy", "sqlalchemy"}),
    "blueprints": frozenset({"requests", "smtplib", "authlib", "flask_mail"}),
    "tables": frozenset({"flask", "requests", "smtplib"}),
    "timezones": frozenset({"flask", "sqlalchemy"}),
    "work.retry": frozenset({"flask", "sqlalchemy", "requests"}),
}

# Only these start background threads: a command or a test that imports the app must stay quiet.
STARTERS_OF_THE_METRONOME = {"background"}


@cache
def our_names() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in (*modules(), *RULES))


def _rule_of(module: str) -> str | None:
    return max((rule for rule in RULES if begins_with(module, rule)), key=len, default=None)


def test_modules_import_only_what_their_rules_allow() -> None:
    wrong = []
    for module, names in modules().items():
        rule = _rule_of(module)
        if rule is None:
            wrong.append(f"{module} is new: say in RULES what it may import")
        elif RULES[rule] != EVERYTHING:
            allowed = {rule, *RULES[rule]}
            wrong += [
                f"{module} imports {name}, which the rule of {rule} does not allow"
                for name in sorted(names)
                if name.partition(".")[0] in our_names()
                and not any(begins_with(name, prefix) for prefix in allowed)
            ]
    assert wrong == []


def test_parts_stay_clear_of_packages_that_are_not_their_business() -> None:
    wrong = [
        f"{module} imports {name}"
        for part, foreign in FOREIGN.items()
        for module, names in modules().items()
        if begins_with(module, part)
        for name in sorted(names)
        if name.partition(".")[0] in foreign
    ]
    assert wrong == []


def test_what_is_above_the_connections_finds_them_in_the_services() -> None:
    importers = _importers_of("connections.service.connections")
    assert [module for module in importers if not begins_with(module, "connections")] == []


def test_the_engine_knows_only_its_own_tables() -> None:
    own = {"Heartbeat", "Lane", "Server", "Task", "TaskState"}
    # Only these know what is recorded about emails.
    mails = {"Mail", "MailState", "MailTrouble", "ReaderRole"}
    of_mails = {"work.mail", "work.unsent", "work.handing_over"}
    wrong = [
        f"{module} imports {name}"
        for module, names in modules().items()
        if begins_with(module, "work")
        for name in sorted(names)
        if begins_with(name, "models")
        and name.removeprefix("models.") not in (own | mails if module in of_mails else own)
        and name != "models"
    ]
    assert wrong == []


def test_product_never_imports_the_simulators() -> None:
    importers = _importers_of("simulators")
    assert [module for module in importers if not begins_with(module, "simulators")] == []


def test_product_never_imports_the_demo() -> None:
    assert [module for module in _importers_of("demo") if not begins_with(module, "demo")] == []


def test_only_the_server_and_the_commands_start_the_metronome() -> None:
    importers = {module for module in _importers_of("work.metronome") if not begins_with(module, "work")}
    assert importers <= STARTERS_OF_THE_METRONOME


def _importers_of(prefix: str) -> list[str]:
    return [module for module, names in modules().items() if any(begins_with(name, prefix) for name in names)]
