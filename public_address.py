"""The address that people reach this server at, written as browsers write it.

Browsers ask in lower case, without the port that goes without saying, and with the name of a host in ASCII.
What is set and what is asked for can only be compared in that form, and providers compare addresses letter by
letter.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import idna

_OWN_PORTS = {"http": 80, "https": 443}
# Underscores are not allowed, and Windows networks have them.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


# Where IPv6 networks put the addresses of the other kind (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public_number(number: str) -> bool:
    """Whether this is an IP address out in the internet, and none of a private network, of this machine, or
    of a cloud's own services. One that represents another address is as public as that one."""
    try:
        parsed = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _NAT64:
            inside = ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)
        if parsed.teredo is not None:
            return False
        parsed = inside or parsed
    return parsed.is_global and not parsed.is_multicast


def normal_origin(address: str) -> str:
    """`https://Büro.example:443/` as `https://xn--bro-hoa.example`. Raises ValueError, in words that follow
    the setting's name, for anything that is not the address of a whole server."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise ValueError(f"is not an address: {address.strip()!r}") from None
    scheme = parts.scheme.lower()
    if scheme not in _OWN_PORTS or not parts.hostname:
        raise ValueError(f"must begin with http:// or https:// and name a host, not {address!r}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address without user, query or fragment")
    if parts.path.strip("/"):
        raise ValueError(
            f"must be a host without a path, not {address!r}: the product needs a host of its own"
        )
    if port == 0:
        raise ValueError("cannot have port 0")
    if parts.hostname in ("0.0.0.0", "::"):
        raise ValueError(f"cannot be {parts.hostname}, which no one can open: set HOST to it instead")
    return f"{scheme}://{_host(parts.hostname, port, scheme)}"


def normal_host(host: str, scheme: str) -> str:
    """A request's host, its port included, in the form that `normal_origin` has; as it is, in lower case,
    where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        return _host(parts.hostname or "", parts.port, scheme)
    except ValueError:
        return host.lower()


def _host(name: str, port: int | None, scheme: str) -> str:
    name = ascii_host(name)
    if ":" in name:
        name = f"[{name}]"
    return name if port in (None, _OWN_PORTS.get(scheme)) else f"{name}:{port}"


def ascii_host(name: str) -> str:
    """The name or number of a host as browsers write it, an IPv6 number without its brackets. Raises
    ValueError, in words that follow the setting's name, for one that cannot exist."""
    refusal = ValueError(f"names a host that cannot exist: {name!r}")
    plain = name.rstrip(".")
    if ":" in plain and "%" not in plain:
        try:
            return str(ipaddress.IPv6Address(plain))
        except ValueError:
            raise refusal from None
    if not plain.isascii():
        try:
            plain = idna.encode(plain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise refusal from None
    plain = plain.lower()
    labels = plain.split(".")
    if len(plain) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise refusal
    if labels[-1].isdigit():
        # Where the last part is a number, browsers read all of it as one address.
        try:
            return str(ipaddress.IPv4Address(plain))
        except ValueError:
            raise refusal from None
    return plain
