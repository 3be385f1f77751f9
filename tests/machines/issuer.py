"""The tests' remote control for the simulated issuer that people sign in with."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from tests.machines.office import NOWHERE, SimulatedOffice

CLIENT_ID, CLIENT_SECRET = "demo-issuer-client", "demo-issuer-secret"
MANY_DIRECTORIES = "/common/v2.0"


class SimulatedIssuer(SimulatedOffice):
    """Address of the running simulator, and calls that change or read its state."""

    def settings(self, *, base: str = "") -> dict[str, str]:
        """Return the product's settings that let people sign in with this issuer. `base`: `MANY_DIRECTORIES`
        for the one that serves several."""
        return {
            "OIDC_ISSUER": self.url + base,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_LABEL": "Northlight ID",
        }

    def decide(self, address: str, account: str, decision: str = "allow") -> str:
        """Answer the page at `address` as a person does; return the path that it sends them back to."""
        answer = requests.post(
            address, data={"account": account, "decision": decision}, allow_redirects=False, timeout=10
        )
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def assert_no_violation(self) -> None:
        """Fail if the product made a request that the standard does not allow."""
        if self.url != NOWHERE:
            super().assert_no_violation()
