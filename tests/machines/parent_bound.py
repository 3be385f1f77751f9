"""Start a program that ends when the process that started it ends, however that ends.

    python parent_bound.py PARENT SIGNAL USER PROGRAM ARGUMENT...

PARENT is the process id of what starts this. SIGNAL is what the program gets when that process is gone, for
instance SIGQUIT. USER is the system user to become first, or ``-`` to keep the current one. The program takes
the place of this script, so its process id is the one that the parent knows.

Finalizers do not run when a test run is killed; this is what keeps its servers from staying behind. The
kernel's parent-death signal exists on Linux only; elsewhere the program simply starts.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Permanently give up root and become the named user."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ["HOME"] = entry.pw_dir


def main() -> None:
    parent, death_signal, user, *command = sys.argv[1:]
    if user != "-":
        become(user)
    # A change of user clears the parent-death signal, so the signal is set after that, right before the
    # program starts.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.Signals[death_signal]))
        # Too late for the signal if the parent died before this line; then someone else has adopted us.
        if os.getppid() != int(parent):
            sys.exit("The process that wanted this program is already gone.")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
