"""The certificate of BASE_URL, as browsers see it: whether they accept it, and for how long."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from doctor.results import Result, broken, look, ok
from timezones import utc_now
from wording import counted

_NAME = "Certificate"
# Certificates that renew themselves do so a month before they expire; the shortest ones, days before.
_SOON = timedelta(days=14)
_REFUSED = "Browsers refuse to open it, and providers send it nothing."
_RENEW = "Renew it where https ends: Caddy does so on its own; with nginx, run: certbot renew."
# What OpenSSL calls the faults that need a cure of their own (X509_V_ERR_…).
_EXPIRED, _OTHER_NAME = 10, 62


def check(base_url: str, seconds: float) -> Result | None:
    """What to report about the certificate; None for an address without https. Raises OSError if there is no
    connection on which to see one."""
    parts = urlsplit(base_url)
    if parts.scheme != "https":
        return None
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return _refused(base_url, host, error)
    return _accepted(str(shown["notAfter"]))


def _refused(base_url: str, host: str, error: ssl.SSLCertVerificationError) -> Result:
    if error.verify_code == _EXPIRED:
        return broken(_NAME, f"The certificate of {base_url} has expired.", _REFUSED, _RENEW)
    if error.verify_code == _OTHER_NAME:
        return broken(
            _NAME,
            f"The certificate at {base_url} is for another name.",
            _REFUSED,
            f"Get a certificate for {host} where https ends, or correct BASE_URL.",
        )
    return broken(
        _NAME,
        f"The certificate of {base_url} isn't valid: {error.verify_message}.",
        _REFUSED,
        "Get one from an authority that browsers know where https ends, with all certificates in between.",
    )


def _accepted(not_after: str) -> Result:
    ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), tz=UTC)
    left = ends_at - utc_now()
    until = f"until {ends_at:%Y-%m-%d}, for {counted(max(left.days, 0), 'more day')}"
    if left < _SOON:
        return look(
            _NAME,
            f"It is only valid {until}.",
            "It should have been renewed by now. Once it has expired, browsers refuse to open this server.",
            _RENEW,
        )
    return ok(_NAME, f"Browsers accept it {until}.")
