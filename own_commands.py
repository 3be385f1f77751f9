"""How the commands are called where this server is installed: the one place that spells them for a reader.

`deploy/install.sh` sets up `smoothhiring`, which becomes the server's user; a folder with the virtual
environment that `make` creates has `flask` in there, and so has the image.
"""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent
_INSTALLED = Path("/usr/local/bin/smoothhiring")


def command_line(words: str) -> str:
    """What someone types into a shell for the command that `words` are, such as `doctor` or `tasks list`."""
    return f"{_OWN} {words}"


def program(root: Path, installed: Path, environment: Path) -> str:
    """What all commands of the server in the folder `root` begin with. `installed` is where the script of
    `deploy/install.sh` would be, which may be that of another folder, and `environment` is the virtual
    environment that runs the server."""
    try:
        if f"{root}/" in installed.read_text("utf-8"):
            return "sudo smoothhiring"
    except (OSError, UnicodeDecodeError):
        # Not installed by the script, or someone else's program.
        pass
    return ".venv/bin/flask" if environment == root / ".venv" else "flask"


_OWN = program(_ROOT, _INSTALLED, Path(sys.prefix))
