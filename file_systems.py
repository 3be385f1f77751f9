"""Which kind of file system a file is on.

SQLite shares its write-ahead log through memory that all processes of one machine see, and relies on locks. A
network file system keeps neither promise, so a database there loses what was committed or is damaged.
"""

from __future__ import annotations

import re
from pathlib import Path

# Kinds that are served by another machine, or by the host of a virtual one, as Linux names them.
_NETWORK = re.compile(
    r"nfs|cifs|smb|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|davfs|ncp|coda|orangefs|pvfs|vboxsf|prl_fs|vmhgfs|"
    r"fuse\.(?:sshfs|s3fs|glusterfs|ceph|davfs|rclone|gcsfuse|goofys|blobfuse|vmhgfs|mfs|juicefs|seaweedfs|smb)"
)
_MOUNTS = Path("/proc/self/mountinfo")


def network_file_system(path: Path, mounts: str | None = None) -> str:
    """The kind of network file system that `path` is on or, if it does not exist yet, would be on; "" for a
    local one, and where the machine does not say. `mounts` is what Linux has in /proc/self/mountinfo.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
    place = path.absolute() if not path.exists() else path.resolve()
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        # Linux writes spaces and the like as octal numbers.
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        # Of two on the same point, the later one is on top.
        if place.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind if _NETWORK.match(kind) else ""
