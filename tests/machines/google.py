"""The tests' remote control for the simulated Google."""

from __future__ import annotations

from tests.machines.office import NOWHERE, SimulatedOffice

CLIENT_ID = "demo-google-client"
CLIENT_SECRET = "demo-google-secret"
NO_GOOGLE = NOWHERE


class SimulatedGoogle(SimulatedOffice):
    """Address of the running simulator, and calls that change or read its state."""

    def addresses(self) -> dict[str, str]:
        """Return the product's settings that lead to this Google; they set up none of its apps."""
        return {
            "GOOGLE_AUTH_URL": f"{self.url}/o/oauth2/v2/auth",
            "GOOGLE_TOKEN_URL": f"{self.url}/token",
            "GOOGLE_REVOKE_URL": f"{self.url}/revoke",
            "GOOGLE_USERINFO_URL": f"{self.url}/v1/userinfo",
            "GOOGLE_CALENDAR_URL": f"{self.url}/calendar/v3",
            "GOOGLE_GMAIL_URL": f"{self.url}/gmail/v1",
        }

    def settings(self) -> dict[str, str]:
        """Return the product's settings that set up Google's apps with this Google."""
        return {
            **self.addresses(),
            "GOOGLE_CLIENT_ID": CLIENT_ID,
            "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
        }

    def change_password(self, account: str) -> int:
        """Change the password, which ends the account's grants that may use Gmail; returns how many there
        were."""
        return int(self._post(f"accounts/{account}/password")["ended"])

    def settle_meet(self, account: str, event_id: str, status: str = "success") -> None:
        """Settle a pending Meet: `success` or `failure`."""
        self._post(f"events/{account}/{event_id}/meet", {"status": status})
