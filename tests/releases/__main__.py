"""Keeps the databases of this version, for a release: `make release-database`."""

import sys
import tempfile
from pathlib import Path

from product_version import product_version
from tests.releases.databases import keep, releases

if __name__ == "__main__":
    if product_version() not in releases():
        sys.exit(f"CHANGELOG.md says that {product_version()} isn't released yet: change its heading first.")
    with tempfile.TemporaryDirectory() as scratch:
        for path in keep(Path(scratch)):
            sys.stdout.write(f"{path}\n")
