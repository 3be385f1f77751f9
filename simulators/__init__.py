"""Local simulations of the services that the product talks to."""

import zoneinfo

# Use the pinned package's zones rather than the machine's, as the product does. This package does not import
# the product.
zoneinfo.reset_tzpath(to=())
