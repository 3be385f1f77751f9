"""A provider is named only in its own home: everywhere else, its name comes from a label."""

import re

import pytest

from tests.architecture.repository import text_files

NAMES = {
    # Not "zooms", which is what a browser does.
    "zoom": re.compile(r"zoom(?!s\b)", re.IGNORECASE),
    "google": re.compile(r"google|gmail", re.IGNORECASE),
    "microsoft": re.compile(r"microsoft|outlook", re.IGNORECASE),
}
SUFFIXES = {".py", ".html", ".txt", ".js", ".css", ".toml"}
AT_HOME = {
    "zoom": ("providers/zoom/", "connections/apps/zoom.py", "templates/apps/zoom/"),
    "google": ("providers/google/", "connections/apps/g", "templates/apps/google/"),
    "microsoft": ("providers/microsoft/", "connections/apps/outlook_", "templates/apps/microsoft/"),
}
EVERYONES = (
    "scheduling/software.py",
    # They pretend to be the provider, show it, measure with it, or test it.
    "simulators/",
    "demo/",
    "bench/",
    "tests/",
)
SETTINGS = {
    "config.py": "the operator's settings are named after whose they are",
    "tables/software.py": "the stored value of a meeting's software, and the label of that value",
    "migrations/versions/0001_baseline.py": "the same value, in a constraint",
}
EXCEPTIONS = {
    "zoom": SETTINGS,
    "google": {
        **SETTINGS,
        "blueprints/own_page/views.py": "candidates add their interview to whichever calendar they use",
        "connections/catalogue.py": "a section of Connected Apps is called by it",
        "messaging/sender_domain.py": "what mail services demand of senders, and how they sign",
        "messaging/verdicts.py": "what mail servers answer",
        "messaging/wording.py": "an example, in a docstring",
        "phone_numbers.py": "who made the library that knows about numbers",
        "pyproject.toml": "its documents, which the simulator brings along",
        "scheduling/meetings/failures.py": "an example, in a docstring",
        "security.py": "an example, in a docstring",
        "templates/two_step/_set_up.html": "an authenticator app that people may have",
    },
    "microsoft": {
        **SETTINGS,
        "blueprints/own_page/views.py": "candidates add their interview to whichever calendar they use",
        "connections/catalogue.py": "a section of Connected Apps is called by it",
        "messaging/invites.py": "how calendar programs read files",
        "messaging/sender_domain.py": "what mail services demand of senders, and how they sign",
        "messaging/verdicts.py": "what mail servers answer",
        "messaging/wording.py": "an example, in a docstring",
        "setting_values.py": "a value that only its settings have",
        "templates/mail/_layout.html": "how mail programs lay out emails",
        "templates/mail/_pieces.html": "how mail programs lay out emails",
        "templates/two_step/_set_up.html": "an authenticator app that people may have",
        "web/addresses.py": "addresses as a mail program writes them",
        "zone_reading.py": "zones as calendars name them",
    },
}


@pytest.mark.parametrize("provider", sorted(NAMES))
def test_a_provider_is_named_only_where_it_is_at_home(provider: str) -> None:
    elsewhere = [
        str(name)
        for name, text in text_files()
        if name.suffix in SUFFIXES
        and not str(name).startswith((*AT_HOME[provider], *EVERYONES))
        and str(name) not in EXCEPTIONS[provider]
        and NAMES[provider].search(text)
    ]
    assert elsewhere == [], "take the name from a label, or say in EXCEPTIONS why it has to be there"
