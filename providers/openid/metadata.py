"""What an issuer says about itself (OpenID Connect Discovery 1.0): its endpoints and its name.

Most issuers have one name. One that serves many directories writes `{tenantid}` in place of the name of each,
and the id token says which it is.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from providers.answers import UnusableAnswerError, optional_text, required_link, required_text
from providers.http import origin_of

WELL_KNOWN = "/.well-known/openid-configuration"
TENANT = "{tenantid}"
_TENANT_ID = re.compile(r"[0-9a-fA-F-]{36}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of an issuer's metadata that signing in needs. `issuer` may hold `TENANT`."""

    issuer: str
    authorize_url: str
    token_url: str
    keys_url: str
    authentication: str
    """How the token endpoint is told who asks, as Authlib names it."""


def read_metadata(answer: dict[str, Any], configured: str) -> Metadata:
    """Return what an issuer says about itself. Raises UnusableAnswerError if its name differs from the
    operator's setting, or if it would have secrets sent unencrypted although it is itself reached over
    https."""
    issuer = required_text(answer, "issuer")
    if not _names(issuer, configured):
        raise UnusableAnswerError("issuer")
    links = {
        name: required_link(answer, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    for name, link in links.items():
        if urlsplit(link).scheme != "https" and origin_of(configured).startswith("https:"):
            raise UnusableAnswerError(name)
    methods = answer.get("token_endpoint_auth_methods_supported")
    is_in_form = isinstance(methods, list) and methods and "client_secret_basic" not in methods
    return Metadata(
        issuer,
        authorize_url=links["authorization_endpoint"],
        token_url=links["token_endpoint"],
        keys_url=links["jwks_uri"],
        # What the standard says of an issuer that says nothing.
        authentication="client_secret_post" if is_in_form else "client_secret_basic",
    )


def issuer_for(template: str, claims: dict[str, Any]) -> str:
    """Return the name that an issuer must have in these claims. Raises UnusableAnswerError where the name
    depends on a directory and the claims name none."""
    if TENANT not in template:
        return template
    directory = optional_text(claims, "tid")
    if not _TENANT_ID.fullmatch(directory):
        raise UnusableAnswerError("tid")
    return template.replace(TENANT, directory)


def _names(issuer: str, configured: str) -> bool:
    """Whether this is the name of the issuer that was asked. The slash at its end is easily lost."""
    one = re.escape(issuer.rstrip("/")).replace(re.escape(TENANT), "[^/]+")
    return re.fullmatch(one, configured.rstrip("/")) is not None
