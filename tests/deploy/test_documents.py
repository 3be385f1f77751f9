"""What README and docs/ (backups, upgrading, scaling) tell people to type or write is typed or checked."""

import re
from pathlib import Path

from config import settings_names
from instance_folder import KEY_FILES
from tests.architecture.repository import ROOT
from tests.deploy.documents import (
    BACKUPS,
    DOCUMENTS,
    NOT_TYPED,
    README,
    SCALING,
    UPGRADING,
    commands,
    sections,
    settings,
    the_part,
)
from tests.machines.proxies import checked, nginx_command

# The sections whose commands `test_newcomer.py` types. A new section has to be typed, too.
TYPED = {
    README: ("Try it", "Installing it on a server", "Running it from a folder", "For programs"),
    BACKUPS: (
        "Once: make a key",
        "Make one",
        "Every night",
        "Rehearse",
        "Restore",
        "On a machine that has been used",
        "From SQLite to PostgreSQL, or back",
    ),
    UPGRADING: ("Upgrading", "Going back"),
    # Needs several machines; what can be typed on one machine is in another document, too.
    SCALING: (),
}


def test_every_command_is_typed_by_a_test_or_listed_as_left_out() -> None:
    documented = [
        (document, heading, line)
        for document in DOCUMENTS
        for heading in sections(document)
        for line in commands(document, heading)
    ]
    assert len(documented) > 40
    typed = {line for document, heading, line in documented if heading in TYPED[document]}
    assert [each for each in documented if each[2] not in typed and each[2] not in NOT_TYPED] == []
    assert set(NOT_TYPED) <= {line for _, _, line in documented}


def test_every_setting_in_the_documents_exists() -> None:
    named = {
        name
        for document in DOCUMENTS
        for heading in sections(document)
        for block in settings(document, heading)
        for name in block
    }
    assert len(named) > 10
    assert named <= settings_names()


def test_commands_for_microsoft_are_those_of_help() -> None:
    help_pages = " ".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    for line in [line for line in NOT_TYPED if line[0].isupper()]:
        words = [word for word in line.split() if not word.isupper() and "@" not in word]
        assert re.search(".*?".join(map(re.escape, words)), help_pages), line


def test_nginx_accepts_the_configuration_in_the_documents(tmp_path: Path) -> None:
    told = the_part(README, "Running it from a folder", "site")
    command = nginx_command(tmp_path, 8080, 8000)
    config = tmp_path / "nginx.conf"
    text = config.read_text()
    config.write_text(f"{text[: text.index('server {')]}server {{\nlisten 127.0.0.1:8080;\n{told}}}\n}}\n")
    done = checked([*command, "-t"])
    assert done.returncode == 0, done.stderr


def test_documents_tell_systemd_nothing_that_the_unit_does_not_say() -> None:
    unit = (ROOT / "deploy" / "smoothhiring.service").read_text()
    header, *entries = the_part(BACKUPS, "Every night", "unit").splitlines()
    assert f"\n{header}\n" in unit
    assert entries
    for entry in entries:
        assert f"\n{entry.partition('=')[0]}=" in unit


def test_server_beside_another_one_gets_the_keys_and_starts_without_the_share() -> None:
    [copy] = [line for line in commands(SCALING, "Setting up two servers") if line.startswith("sudo tar ")]
    assert copy.partition(" -c ")[2].split() == [*KEY_FILES, "|"]
    unit = (ROOT / "deploy" / "smoothhiring.service").read_text()
    assert "\nWantedBy=" in unit
    told = the_part(SCALING, "Setting up two servers", "unit").split()
    for entry in told:
        assert f"\n{entry.partition('=')[0]}" in unit
    [uploads] = [block["UPLOADS_FOLDER"] for block in settings(SCALING, "Setting up two servers")]
    # Folders without a minus sign have to exist at the start, and so do required files.
    assert f"ReadWritePaths=-{uploads}" in told
    assert not any(entry.startswith("Requires") for entry in told)


def test_documents_have_no_gaps_to_fill_in() -> None:
    # Such as ARITHMETIC or LOOK_MS on a line or in a cell of its own; settings and commands are in code.
    gap = re.compile(
        r"(?m)^(?:[A-Z]{6,}|[A-Z]+(?:_[A-Z]+)+)$|[| ](?:[A-Z]+(?:_[A-Z]+)+|TODO|TBD|FIXME)(?=[ |,.])"
    )
    found = {
        str(path.relative_to(ROOT)): gaps
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if (gaps := gap.findall(re.sub(r"```.*?```|`[^`]*`", "", path.read_text(), flags=re.DOTALL)))
    }
    assert found == {}
