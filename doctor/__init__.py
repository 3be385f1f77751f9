"""Examines an installation: `flask doctor` and Settings → System show what it finds.

Each module with a `check` looks at one subject and returns plain values. It changes nothing, asks only this
server, its own database, and the servers that are in its settings, and gives up when its time is up.
"""
