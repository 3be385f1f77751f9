"""Microsoft as an issuer that people sign in with.

Its id tokens never say `email_verified`, and the address in them is whatever an administrator of the person's
directory has entered: believed as it is, any directory could claim anyone's address. The optional claim
`xms_edov` says whether the owner of the address's domain was verified; the person who registers the app adds
it, together with `email`.
"""

from typing import Any

from providers.openid.preset import Preset, says_verified


def _is_verified(claims: dict[str, Any]) -> bool:
    return says_verified(claims) or claims.get("xms_edov") in (True, 1, "1", "true")


PRESET = Preset(host="login.microsoftonline.com", label="Microsoft", is_verified=_is_verified)
