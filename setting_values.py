"""How the text of each kind of setting is read, and refused where it cannot mean anything.

Every function takes what was set and returns its value, or raises ValueError in words that follow the
setting's name. What is secret is never repeated in them. A setting that no one can have meant is refused at
the start: later it would be an email that does not leave, or a page that cannot be reached.
"""

from __future__ import annotations

import re
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from messaging.addresses import bare_address
from own_commands import command_line
from public_address import ascii_host

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SCOPES = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")
_FERNET_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
# A key of fewer characters can be found by trying.
_SHORTEST_KEY = 16
_MOST_REMINDERS = 5

# What to do with a setting about backups that nothing can be encrypted for.
TAKE_OUT_UNTIL_THERE_IS_A_KEY = f"take it out until {command_line('backup-key')} has made one"


def secret(value: str) -> str:
    """What a provider or a mail server gave out, as it is; it is never repeated."""
    text = value.strip()
    if _CONTROLS.search(text):
        raise ValueError("must be one line")
    return text


def issued(value: str) -> str:
    """An id or a secret that a provider gave out: those hold no spaces, and quotation marks around one came
    from a file whose reader keeps them."""
    text = secret(value)
    if any(sign.isspace() for sign in text):
        raise ValueError("must not contain spaces: copy the value once more")
    if text[:1] in "\"'" and text[-1:] == text[:1]:
        raise ValueError("is in quotation marks: leave them out")
    if text[:1] == "<" and text[-1:] == ">":
        raise ValueError("still is a placeholder: put the real value there")
    return text


def name(value: str) -> str:
    """A name that pages and mails show."""
    text = value.strip()
    if _CONTROLS.search(text):
        raise ValueError("must be one line")
    if len(text) > 60:
        raise ValueError(f"must be at most 60 characters, not {len(text)}")
    return text


def whole_number(value: str) -> int:
    text = value.strip()
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"must be a whole number, not {value!r}")
    return int(text)


def port(value: str) -> int:
    number = whole_number(value)
    if not 1 <= number <= 65_535:
        raise ValueError(f"must be a port from 1 to 65535, not {number}")
    return number


def hops(value: str) -> int:
    number = whole_number(value)
    if not 0 <= number <= 10:
        raise ValueError(f"must be a number of proxies from 0 to 10, not {number}")
    return number


def seconds(value: str) -> float:
    text = value.strip()
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"must be a number of seconds, such as 15 or 2.5, not {value!r}")
    if not 0 < float(text) <= 86_400:
        raise ValueError(f"must be more than 0 and at most 86400 seconds, not {text}")
    return float(text)


def switch(value: str) -> bool:
    word = value.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(f"must be true or false, not {value!r}")


def hours(value: str) -> tuple[float, ...]:
    """Hours before the start, the longest first; none at all for a comma alone."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(map(_DECIMAL.fullmatch, parts)):
        raise ValueError(f"must be hours separated by commas, such as 24,1 or 0.5, not {value!r}")
    found = sorted({float(part) for part in parts}, reverse=True)
    if any(not 0 < hour <= 24 * 14 for hour in found):
        raise ValueError("must be more than 0 and at most 336 hours (two weeks) each")
    if len(found) > _MOST_REMINDERS:
        raise ValueError(f"must be at most {_MOST_REMINDERS} reminders, not {len(found)}")
    return tuple(found)


def listening(value: str) -> str:
    """A host to listen on, an IPv6 number in brackets or without."""
    text = value.strip()
    if "://" in text:
        raise ValueError(f"must be an address of this machine such as 127.0.0.1, not {value!r}: see BASE_URL")
    inside = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    if inside.count(":") == 1:
        raise ValueError(f"must be without a port, not {value!r}: that is PORT")
    found = ascii_host(inside)
    # Gunicorn, which puts the port after it, needs the brackets.
    return f"[{found}]" if ":" in found else found


def mail_host(value: str) -> str:
    text = value.strip()
    if "://" in text:
        raise ValueError(f"must be the name of a host without {text.partition('://')[0]}://, not {value!r}")
    if "@" in text:
        raise ValueError(
            f"must be the name of a host, such as smtp.example.com, not {value!r}: see MAIL_USERNAME"
        )
    inside = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    if inside.count(":") == 1:
        raise ValueError(f"must be without a port, not {value!r}: that is MAIL_PORT")
    return ascii_host(inside)


def endpoint(value: str) -> str:
    """The address of a provider's pages or API, without the slash at its end."""
    address = value.strip().rstrip("/")
    refusal = ValueError(f"must begin with http:// or https:// and name a host, not {value!r}")
    if any(sign.isspace() or _CONTROLS.match(sign) for sign in address):
        raise ValueError(f"is not an address: {value!r}")
    try:
        parts = urlsplit(address)
        number = parts.port
    except ValueError:
        raise ValueError(f"is not an address: {value!r}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise refusal
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address without user, query or fragment")
    if number == 0:
        raise ValueError("cannot have port 0")
    ascii_host(parts.hostname)
    return address


def sender(value: str) -> str:
    if _CONTROLS.search(value.strip()) or not bare_address(value):
        raise ValueError(f"must hold an email address, such as interviews@example.com, not {value!r}")
    if len({address for _, address in getaddresses([value]) if "@" in address}) > 1:
        raise ValueError(f"must hold one email address, not {value!r}")
    return value.strip()


def directory(value: str) -> str:
    """A Microsoft directory: one of its three words, a domain, or the directory's id."""
    text = value.strip().lower()
    if text in {"common", "organizations", "consumers"}:
        return text
    try:
        return str(UUID(text)) if "." not in text else ascii_host(text)
    except ValueError:
        raise ValueError(
            f"must be common, organizations, consumers, a domain, or a directory's id, not {value!r}"
        ) from None


def one_directory(value: str) -> str:
    """A Microsoft directory by its domain or id: one of an app's own, and of no person."""
    text = value.strip().lower()
    if text in {"common", "organizations", "consumers"}:
        raise ValueError(f"must be your own directory's ID or domain, not {text}")
    return directory(value)


def mail_auth(value: str) -> str:
    word = value.strip().lower()
    if word not in {"password", "oauth"}:
        raise ValueError(f"must be password or oauth, not {value!r}")
    return word


def scopes(value: str) -> str:
    """What a token is asked for: one scope, or several with spaces between them (RFC 6749, section 3.3)."""
    text = " ".join(value.split())
    if not _SCOPES.fullmatch(text):
        raise ValueError(f"must be scopes with spaces between them, not {value!r}")
    return text


def database(value: str) -> str:
    """An address of an SQLite file or a PostgreSQL database; not repeated, because it may hold a password."""
    text = value.strip()
    try:
        url = sa.engine.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise ValueError(
            "is not an address of a database: postgresql://user:password@host/database (special signs of the "
            "password as %40 and so on), or sqlite:////folder/file"
        ) from None
    kind, _, driver = url.drivername.partition("+")
    if kind == "sqlite":
        if driver not in ("", "pysqlite"):
            raise ValueError(f"asks for the driver {driver}; leave it out")
        if url.database in (None, "", ":memory:") or url.query.get("mode") == "memory":
            raise ValueError("must name a file: in memory, each process would have a database of its own")
        if url.host:
            raise ValueError("names a host; a file in the root needs four slashes: sqlite:////folder/file")
        return text
    if kind in ("postgresql", "postgres"):
        if driver not in ("", "psycopg"):
            raise ValueError(f"asks for the driver {driver}; leave it out, ours is psycopg")
        if not url.database:
            raise ValueError("names no database: postgresql://user:password@host/database")
        return text
    raise ValueError(f"must begin with postgresql:// or sqlite://, not {kind}://")


def session_key(value: str) -> str:
    text = secret(value)
    if 0 < len(text) < _SHORTEST_KEY:
        raise ValueError(
            f"must be at least {_SHORTEST_KEY} characters that no one can guess; empty makes one"
        )
    return text


def access_token(value: str) -> str:
    """What a program has to send to be let in: one word, which becomes part of a header."""
    text = issued(value)
    if not text.isascii():
        raise ValueError("must be letters, digits and signs of ASCII")
    if len(text) < _SHORTEST_KEY:
        raise ValueError(f"must be at least {_SHORTEST_KEY} characters that no one can guess")
    return text


def token_keys(value: str) -> str:
    """Fernet keys, separated by commas."""
    keys = [key.strip() for key in value.split(",") if key.strip()]
    for number, key in enumerate(keys, start=1):
        if not _FERNET_KEY.fullmatch(key):
            raise ValueError(
                f"has something other than a Fernet key in place {number}: 32 random bytes in URL-safe "
                "base64, 44 characters"
            )
    if not keys:
        raise ValueError("holds no key; leave it empty to have one made")
    return ",".join(keys)


def backup_keys(value: str) -> tuple[str, ...]:
    """The public halves of backups' keys, separated by commas. A secret one is not repeated."""
    # Only where the setting is used: loading it takes two megabytes.
    import pyrage

    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    if not keys:
        raise ValueError(f"holds no key: {TAKE_OUT_UNTIL_THERE_IS_A_KEY}")
    for number, key in enumerate(keys, start=1):
        if key.upper().startswith("AGE-SECRET-KEY-"):
            raise ValueError(
                "is the secret half of the key: keep it away from this machine, and put the public half "
                "here, which begins with age1"
            )
        try:
            pyrage.x25519.Recipient.from_str(key)
        except pyrage.RecipientError:
            raise ValueError(
                f"has something other than a key in place {number}: it begins with age1; "
                f"{command_line('backup-key')} makes one"
            ) from None
    return keys


def days(value: str) -> int:
    number = whole_number(value)
    if not 1 <= number <= 3650:
        raise ValueError(f"must be a number of days from 1 to 3650, not {number}")
    return number


def folder(value: str, *, root: Path) -> Path:
    """A folder, which need not exist yet; `root` is where a relative one begins."""
    if _CONTROLS.search(value):
        raise ValueError("must be one line")
    try:
        given = Path(value.strip()).expanduser()
    except RuntimeError:
        raise ValueError(f"names the home folder of someone this machine does not know: {value!r}") from None
    found = given if given.is_absolute() else root / given
    if found.exists() and not found.is_dir():
        raise ValueError(f"must be a folder, and {found} is a file")
    return found
