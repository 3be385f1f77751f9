"""What the documents tell someone to type or to write into a file, section by section, word for word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tests.architecture.repository import ROOT

README, BACKUPS, UPGRADING, SCALING = DOCUMENTS = (
    "README.md",
    "docs/backups.md",
    "docs/upgrading.md",
    "docs/scaling.md",
)

# What can't be run here, why not, and what is checked instead.
NOT_TYPED = {
    "make test": "these are the tests; a short one of them is run",
    "make demo PORT=8200": "the same demo as before, on a port that may be taken",
    "make audit": "asks a server for vulnerabilities; its target is looked at, as every target in README is",
    "sudo systemctl edit smoothhiring": "opens an editor; what to enter there is put where it would go",
    "sudo tar -C /var/lib/smoothhiring -c secret_key token_encryption_keys link_key installation_id |": (
        "needs two machines; the names of the files are looked at"
    ),
    "    ssh root@10.0.0.12 tar -C /var/lib/smoothhiring -x": "too",
    "sudo systemctl enable --now smoothhiring": "needs systemd; the unit says at which boot",
    "make bench-scale": "takes many minutes and measures",
    "make test-full": "these are the tests, too, and more of them",
    'make test-full ONLY="tests/tasks/test_two_servers.py --minutes 10"': "takes ten minutes",
    "Connect-ExchangeOnline": "PowerShell at Microsoft; Help → Sending email has to say the same",
    "New-ServicePrincipal -AppId APPLICATION-ID -ObjectId OBJECT-ID -DisplayName SmoothHiring": "too",
    "Add-MailboxPermission -Identity interviews@example.com -User OBJECT-ID -AccessRights FullAccess": "too",
    "Set-CASMailbox -Identity interviews@example.com -SmtpClientAuthenticationDisabled $false": "too",
}

Kind = Literal["commands", "settings", "unit", "site", "picture"]

_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Commands in a sentence. One with an ellipsis means several, and can't be typed.
_INLINE = re.compile(r"`((?:sudo|make|\.venv/bin/flask) [^`…]+)`")


@dataclass(frozen=True)
class Part:
    """Lines of a document that belong together: one fenced block, or one command in a sentence."""

    kind: Kind
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@cache
def sections(document: str) -> dict[str, tuple[Part, ...]]:
    """The parts of a document by the headings that they are under, in order."""
    text = (ROOT / document).read_text()
    begins = list(_HEADING.finditer(_FENCED.sub(lambda block: " " * len(block[0]), text)))
    ends = [*(each.start() for each in begins[1:]), len(text)]
    return {begin[1]: tuple(_parts(text[begin.end() : end])) for begin, end in zip(begins, ends, strict=True)}


def commands(document: str, heading: str) -> list[str]:
    """The lines of a section to type, in order."""
    return [line for part in _of_kind(document, heading, "commands") for line in part.lines]


def to_type(document: str, heading: str) -> list[str]:
    """The same, without those that can't be run here."""
    return [line for line in commands(document, heading) if line not in NOT_TYPED]


def settings(document: str, heading: str) -> list[dict[str, str]]:
    """The settings that each block of a section writes down."""
    parts = _of_kind(document, heading, "settings")
    return [dict(line.partition("=")[::2] for line in part.lines if line) for part in parts]


def the_part(document: str, heading: str, kind: Kind) -> str:
    """The only block of that kind in a section."""
    [part] = _of_kind(document, heading, kind)
    return part.text


def _of_kind(document: str, heading: str, kind: Kind) -> list[Part]:
    return [part for part in sections(document)[heading] if part.kind == kind]


def _parts(text: str) -> Iterator[Part]:
    end = 0
    for block in _FENCED.finditer(text):
        yield from _inline(text[end : block.start()])
        indent, language, content = block.groups()
        content = re.sub(rf"(?m)^{indent}", "", content)
        yield Part(_kind(language, content), content)
        end = block.end()
    yield from _inline(text[end:])


def _inline(text: str) -> Iterator[Part]:
    # Rows of tables explain a command; they don't ask anyone to type it.
    told = "".join("\n" if line.startswith("|") else line for line in text.splitlines(keepends=True))
    for found in _INLINE.finditer(told):
        yield Part("commands", " ".join(found[1].split()))


def _kind(language: str, content: str) -> Kind:
    if language:
        return "picture"
    if content.startswith("["):
        return "unit"
    if content.startswith("location "):
        return "site"
    if all(re.match(r"[A-Z_]+=", line) for line in content.splitlines() if line):
        return "settings"
    # Whatever it is, someone will type it.
    return "commands"
