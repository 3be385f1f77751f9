"""The tests' remote control for the simulated Microsoft."""

from __future__ import annotations

from tests.machines.office import NOWHERE, SimulatedOffice

CLIENT_ID = "5f0c2c1e-6d53-4d0c-9a8b-1c2d3e4f5a6b"
CLIENT_SECRET = "demo-microsoft-secret"
NO_MICROSOFT = NOWHERE


class SimulatedMicrosoft(SimulatedOffice):
    """Address of the running simulator, and calls that change or read its state."""

    def addresses(self) -> dict[str, str]:
        """Return the product's settings that lead to this Microsoft; they set up none of its apps."""
        return {"MICROSOFT_LOGIN_URL": self.url, "MICROSOFT_GRAPH_URL": f"{self.url}/v1.0"}

    def settings(self, tenant: str = "common") -> dict[str, str]:
        """Return the product's settings that set up Microsoft's apps with this Microsoft."""
        return {
            **self.addresses(),
            "MICROSOFT_CLIENT_ID": CLIENT_ID,
            "MICROSOFT_CLIENT_SECRET": CLIENT_SECRET,
            "MICROSOFT_TENANT": tenant,
        }

    def sign_out_everywhere(self, account: str) -> int:
        """Revoke all sessions of the account; returns how many grants there were."""
        return int(self._post(f"accounts/{account}/sessions")["ended"])

    def allow_for_all(self, tenant: str, *scopes: str) -> None:
        """Allow these scopes, or all of them, for everyone in an organization, as an administrator does."""
        self._post(f"tenants/{tenant}/consent", {"scopes": list(scopes)})

    def disallow_for_all(self, tenant: str) -> None:
        """Remove the app from an organization, as an administrator does."""
        self._post(f"tenants/{tenant}/consent", {"allowed": False})

    def settle_teams(self, account: str, event_id: str, status: str = "ready") -> None:
        """Settle a pending Teams link: `ready` or `never`."""
        self._post(f"events/{account}/{event_id}/teams", {"status": status})
