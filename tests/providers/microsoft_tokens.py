"""The answers of Microsoft's sign-in, and the exchange of a code for tokens."""

import base64
import json
from collections.abc import Mapping

from providers.base import TokenSet
from providers.id_tokens import nonce_of
from providers.microsoft.provider import OutlookCalendarApp, OutlookMailApp
from tests.providers.conftest import CODE_VERIFIER, NOW
from tests.providers.scripted_server import Script, ScriptedServer, answer

REDIRECT_URI = "http://localhost:8000/connect/microsoft/callback"
SIGN_IN = "openid profile email offline_access"
TENANT, PERSON = "72f988bf-86f1-41af-91ab-2d7cd011db47", "690222be-ff1a-4d56-abd1-7e4f7d38e474"
CLAIMS: dict[str, object] = {
    "aud": "id-of-the-app",
    "ver": "2.0",
    "tid": TENANT,
    "oid": PERSON,
    "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
    "name": "Priya Raman",
    "preferred_username": "priya.raman@northlight.example",
    "nonce": nonce_of(CODE_VERIFIER),
    "iat": int(NOW.timestamp()) - 2,
    "exp": int(NOW.timestamp()) + 3598,
}
TOKENS: dict[str, object] = {
    "token_type": "Bearer",
    "scope": "Calendars.ReadWrite User.Read profile openid email",
    "expires_in": 3599,
    "ext_expires_in": 3599,
    "access_token": "ACCESS-CANARY",
    "refresh_token": "0.REFRESH-CANARY",
}


def part(content: object) -> str:
    """One part of a token, encoded."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def id_token_of(server: ScriptedServer, **changes: object) -> str:
    """An id token of Priya's, issued by this server for her directory."""
    claims = {"iss": f"{server.url}/{changes.get('tid', TENANT)}/v2.0", **CLAIMS, **changes}
    claims = {name: value for name, value in claims.items() if value is not ...}
    return f"{part({'alg': 'RS256', 'kid': 'k', 'typ': 'JWT'})}.{part(claims)}.c2ln"


def tokens_with(**changes: object) -> Script:
    """An answer with tokens."""
    fields: Mapping[str, object] = {**TOKENS, **changes}
    return answer(200, json.dumps({k: v for k, v in fields.items() if v is not ...}).encode())


def refused_with(error: str, number: int | None = None, status: int = 400, **more: object) -> Script:
    """A refusal with its error name and the number of its error code."""
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: Said by Microsoft. Trace ID: 1 Correlation ID: 2",
        "error_codes": [number] if number else [],
        "timestamp": "2031-03-04 15:30:00Z",
        "trace_id": "0000aaaa-11bb-cccc-dd22-eeeeee333333",
        "correlation_id": "aaaa0000-bb11-2222-33cc-444444dddddd",
        **more,
    }
    return answer(status, json.dumps(body).encode())


def exchange(app: OutlookCalendarApp | OutlookMailApp) -> TokenSet:
    """Use a code."""
    return app.oauth.exchange_code(code="0.CODE", redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)
