"""Google as an issuer that people sign in with. The standard is all it needs."""

from providers.openid.preset import Preset

PRESET = Preset(host="accounts.google.com", label="Google")
