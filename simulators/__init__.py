"""Local simulations of the services that the product talks to."""

import zoneinfo

# The pinned package's zones rather than the machine's, as in the product, which this package does not import.
zoneinfo.reset_tzpath(to=())
