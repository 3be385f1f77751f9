"""The address that people reach this server at, written as browsers write it.

Browsers ask in lower case, without the port that goes without saying, and with the name of a host in ASCII.
What is set and what is asked for can only be compared in that form, and providers compare addresses letter by
letter.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import idna

_OWN_PORTS = {"http": 80, "https": 443}


def normal_origin(address: str) -> str:
    """`https://Büro.example:443/` as `https://xn--bro-hoa.example`. Raises ValueError, in words that follow
    the setting's name, for what is not the address of a whole server."""
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
    name = name.rstrip(".")
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise ValueError(f"names a host that cannot exist: {name!r}") from None
    if any(sign.isspace() or sign in '<>"\\^`{|}%' for sign in name):
        raise ValueError(f"names a host that cannot exist: {name!r}")
    name = name.lower()
    return name if port in (None, _OWN_PORTS.get(scheme)) else f"{name}:{port}"
