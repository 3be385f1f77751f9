"""The apps that people connect, one file each with its `SPEC`. `connections.catalogue` finds them here."""
