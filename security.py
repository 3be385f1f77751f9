"""The only module that does cryptography: passwords, encrypted tokens, signed links, and response headers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Literal, Protocol, TypeVar

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from itsdangerous import BadSignature, HMACAlgorithm, Signer

from database import SealedBytes, SealedText, read_row_id

# The profile that OWASP's password storage guide gives for argon2id: about 20 ms and 19 MiB each, so
# that eight sign-ins at once fit a small VM. The library's default takes 64 MiB.
_ROUNDS, _MEMORY, _LANES = 2, 19 * 1024, 1
_hasher = PasswordHasher(time_cost=_ROUNDS, memory_cost=_MEMORY, parallelism=_LANES)

PASSWORD_MIN_LENGTH = 8
PASSWORD_MAX_LENGTH = 1000


def is_well_known(password: str) -> bool:
    """Whether the password is among the tens of thousands that attackers try first, ignoring case.

    The list comes with the package and is read on first use, so no outside service is asked.
    """
    return password.strip().lower() in _well_known()


@cache
def _well_known() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def _made_up_hash() -> str:
    """A value that looks like a stored hash but belongs to no password. Making a real one would slow down
    each start."""
    salt, result = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v=19$m={_MEMORY},t={_ROUNDS},p={_LANES}${salt}${result}"


# Verified against when no one has that address, so the response takes as long as for a real person.
_no_one = _made_up_hash()


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; takes the same time when there is none."""
    try:
        _hasher.verify(stored or _no_one, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def password_is_outdated(stored: str) -> bool:
    """Whether a stored hash was made with a weaker profile than today's, and should be made again."""
    return _hasher.check_needs_rehash(stored)


def new_token() -> str:
    """A random text of 256 bits for a cookie or an address."""
    return secrets.token_urlsafe(32)


def new_nonce() -> str:
    """A random text of 128 bits in hexadecimal, for a row that mailed links lead to."""
    return secrets.token_hex(16)


def hash_token(token: str) -> str:
    """What is stored of a random token. It has 256 bits, so a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode()).hexdigest()


_WEBHOOK_SECRET = "whsec_"


def new_webhook_secret() -> str:
    """A random secret of 256 bits for signing messages, as the Standard Webhooks specification writes it."""
    return _WEBHOOK_SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def sign_webhook(secret: str, key: str, at: int, body: bytes) -> str:
    """The signature of a message (HMAC-SHA256), as the header of that specification has it. `key` names the
    message, and `at` is when it is sent, in seconds since 1970: both are signed, so that a message that was
    recorded can't be sent again later."""
    signed = f"{key}.{at}.".encode() + body
    digest = hmac.digest(base64.b64decode(secret.removeprefix(_WEBHOOK_SECRET)), signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


# What every authenticator app expects (RFC 6238 and its defaults): six digits, a new code every 30 seconds.
CODE_DIGITS = 6
_CODE_SECONDS = 30
# The clock of a phone, or of this server, may be a little wrong: the codes before and after count as well.
_PERIODS_OFF = 1


def new_code_secret() -> str:
    """A random secret of 160 bits for an authenticator app, in letters and digits that people can type."""
    return pyotp.random_base32()


def code_address(secret: str, *, account: str, issuer: str) -> str:
    """The `otpauth:` address that sets an authenticator app up, usually shown as a picture to scan."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def code_period(secret: str, code: str, at: datetime, *, after: int = -1) -> int | None:
    """The number of the 30 seconds that a code of an authenticator app belongs to, or None for a wrong code.

    `at` is aware. Codes of periods up to `after`, the last one that was accepted, are as good as wrong.
    """
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // _CODE_SECONDS
    found = None
    for period in range(now - _PERIODS_OFF, now + _PERIODS_OFF + 1):
        # All are compared, so that the time taken says nothing.
        if hmac.compare_digest(totp.generate_otp(period).encode(), code.encode()) and period > after:
            found = period
    return found


# Without the letters and digits that are mistaken for one another or misheard. Fifteen of these are 73 bits:
# too many to try, even for someone with a copy of the database and its keys.
_RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


def new_recovery_code() -> str:
    """A random code of three groups, to be written down: `k7m2p-9xq4t-w3hcd`."""
    groups = ("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(5)) for _ in range(3))
    return "-".join(groups)


class KeyedHash:
    """Turns a text into something that can be compared, but not guessed without the key.

    For texts that are worth recognizing but must not be stored, such as addresses that no one here has.
    """

    def __init__(self, key: bytes, purpose: str) -> None:
        # Each purpose has its own key, so nothing made here is useful elsewhere.
        self._key = hmac.digest(key, f"keyed-hash|{purpose}".encode(), "sha256")

    def __call__(self, text: str) -> str:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


class SealBrokenError(Exception):
    """A ciphertext cannot be decrypted: the key is missing or wrong, or the text belongs to another row."""


class TokenVault:
    """Encrypts the tokens that providers gave us, the secrets of authenticator apps, and what emails said.
    The first key encrypts; all of them decrypt.

    `read_now` returns the current keys, for a server that keeps running while another process rotates them.
    It is called before anything is encrypted, and before anything is reported as unreadable. If it fails, the
    vault keeps the keys it has.
    """

    def __init__(self, keys: Iterable[str], read_now: Callable[[], Iterable[str]] = tuple) -> None:
        self._keys = tuple(keys)
        self._fernet = _fernet(self._keys)
        self._read_now = read_now

    def seal(self, content: Mapping[str, str | None], *, belongs_to: str) -> SealedText:
        """Encrypt `content` for one owner, for example `connection:7:gmail:abc`.

        Fernet has no associated data, so the owner is written inside and compared when it is opened.
        """
        inside = json.dumps({"belongs_to": belongs_to, "content": dict(content)})
        self._look_for_newer_keys()
        return SealedText(self._fernet.encrypt(inside.encode()).decode())

    def open(self, sealed: SealedText, *, belongs_to: str) -> dict[str, str | None]:
        """The decrypted content. Raises `SealBrokenError`."""
        try:
            inside = json.loads(self._opened(sealed))
        except (InvalidToken, ValueError) as error:
            raise SealBrokenError("no key opens it") from error
        if not hmac.compare_digest(str(inside.get("belongs_to")), belongs_to):
            raise SealBrokenError("it was sealed for another row")
        content = inside["content"]
        assert isinstance(content, dict)
        return content

    def seal_bytes(self, content: bytes, *, belongs_to: str) -> SealedBytes:
        """Encrypt `content`, which may be large, for one owner. Kept as bytes, because the usual base64 would
        take a third more room."""
        self._look_for_newer_keys()
        sealed = self._fernet.encrypt(belongs_to.encode() + b"\0" + content)
        return SealedBytes(base64.urlsafe_b64decode(sealed))

    def open_bytes(self, sealed: SealedBytes, *, belongs_to: str) -> bytes:
        """The decrypted content of `seal_bytes`. Raises `SealBrokenError`."""
        try:
            owner, _, content = self._opened(_as_text(sealed)).partition(b"\0")
        except InvalidToken as error:
            raise SealBrokenError("no key opens it") from error
        if not hmac.compare_digest(owner, belongs_to.encode()):
            raise SealBrokenError("it was sealed for another row")
        return content

    def reseal_bytes(self, sealed: SealedBytes) -> SealedBytes:
        """The same content under the newest key. Raises `SealBrokenError`."""
        return SealedBytes(base64.urlsafe_b64decode(self.reseal(_as_text(sealed))))

    def reseal(self, sealed: SealedText) -> SealedText:
        """The same content under the newest key. Raises `SealBrokenError`."""
        try:
            return SealedText(self._fernet.rotate(sealed.encode()).decode())
        except InvalidToken as error:
            raise SealBrokenError("no key opens it") from error

    def _opened(self, sealed: str) -> bytes:
        try:
            return self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            if not self._look_for_newer_keys():
                raise
            return self._fernet.decrypt(sealed.encode())

    def _look_for_newer_keys(self) -> bool:
        """Adopt the current keys; returns whether they have changed."""
        try:
            keys = tuple(self._read_now())
            if not keys or keys == self._keys:
                return False
            fernet = _fernet(keys)
        except (OSError, ValueError):
            # The file no longer holds keys. The next start will complain; this server keeps running.
            return False
        self._keys, self._fernet = keys, fernet
        return True


def _as_text(sealed: SealedBytes) -> SealedText:
    """Bytes that were sealed, in the form that Fernet reads."""
    return SealedText(base64.urlsafe_b64encode(sealed).decode())


def _fernet(keys: Iterable[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


LinkPurpose = Literal[
    "join", "candidate", "invitation", "password-reset", "repair", "calendar-feed", "admin-approval"
]


class LinkedRow(Protocol):
    """The target of a mailed link: a row with an id, and a nonce that no other row in any database has."""

    @property
    def id(self) -> int: ...

    @property
    def link_nonce(self) -> str: ...


Linked = TypeVar("Linked", bound=LinkedRow)

# Separates the parts of a signed link's token. URL-safe base64 does not use it.
_DOT = "."


class _ShortHmac(HMACAlgorithm):
    """HMAC-SHA256 cut to 168 bits: impossible to guess, and short enough for an address to fit on one line of
    a plain-text email. It is a multiple of three bytes, so base64 can write it in only one way."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:21]


class LinkSigner:
    """Links that carry their own proof, made with the installation's link key.

    A token is derived from the row it leads to and never stored, so a copy of the database opens nothing, and
    a later email can contain the same link again. It contains the row's id, and its signature depends on the
    row's nonce: ids are reused when a backup is restored, and an old link must not open the new row. By
    convention, the last part is the generation of a row's links: raising it invalidates the older ones.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def token(self, purpose: LinkPurpose, row: LinkedRow, *parts: int | str) -> str:
        """The row's id, the parts, and their signature, to be put into an address. A part contains no dot,
        and the row must have been flushed."""
        said = [str(part) for part in (row.id, *parts)]
        assert not any(_DOT in part for part in said)
        return self._signer(purpose, row).sign(_DOT.join(said)).decode()

    def opened(
        self, purpose: LinkPurpose, token: str, find: Callable[[int], Linked | None]
    ) -> tuple[Linked, tuple[str, ...]] | None:
        """The row that a token leads to and the parts, exactly as signed; None for any other text.

        `find` looks up a row by its id. It is called before anything is proved, so it must not lock.
        """
        number = read_row_id(token.partition(_DOT)[0])
        row = find(number) if number is not None else None
        if row is None:
            return None
        try:
            proven = self._signer(purpose, row).unsign(token).decode().split(_DOT)
        except (BadSignature, UnicodeError):
            return None
        return row, tuple(proven[1:])

    def keyed_hash(self, purpose: str) -> KeyedHash:
        """A keyed hash that all processes of the installation share."""
        return KeyedHash(self._key, purpose)

    def _signer(self, purpose: LinkPurpose, row: LinkedRow) -> Signer:
        # Purpose and nonce are the salt, so a link for one purpose is worthless for another, and a link to
        # one row is worthless for any other row.
        salt = f"{purpose}|{row.link_nonce}"
        return Signer(
            self._key, salt=salt, sep=_DOT, key_derivation="hmac", algorithm=_ShortHmac(hashlib.sha256)
        )


def content_security_policy(form_targets: Iterable[str] = (), inline_scripts: Iterable[str] = ()) -> str:
    """The policy of every page: nothing from other sites, and only inline scripts whose hashes are given.

    Chromium also applies `form-action` to the redirect after a form post, so the providers' consent pages
    have to be listed.
    """
    forms = " ".join(["'self'", *form_targets])
    scripts = " ".join(["'self'", *(f"'{digest}'" for digest in inline_scripts)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; frame-src 'self'; form-action {forms}; base-uri 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    )


# An email shown inside a page: its own styles, nothing else, and no way to reach the surrounding page. It
# counts as of our origin so that the page can measure how tall it is; without scripts, which stay forbidden,
# that opens nothing.
MAIL_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def safe_next(target: str | None) -> str | None:
    """`target` when it is a path of this server, else None.

    Browsers read `//host`, `/\\host` and a tab in between as another host, so everything but a plain
    path is refused rather than parsed.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in target):
        return None
    return target
