"""Where to send a person who is about to connect an app."""

from __future__ import annotations

from urllib.parse import urlencode

from connections import round_trip
from services import services
from web.signed_in import actor, person


def consent_address(app: str) -> str:
    """The address of the provider's consent page for the app of this key; writes a one-time attempt into the
    current transaction. Raises `NotSetUpError`.
    """
    address = round_trip.begin(actor(), person().session, app)
    if services().demo is not None:
        # A real provider knows by its own cookie who is there; the simulated one has to be told.
        address += "&" + urlencode({"login_hint": actor().email})
    return address
