"""A program that says what it was given, and then ends as told, or waits to be ended."""

import os
import sys
import time


def main() -> None:
    print(sys.argv[1:], sorted(os.environ), os.getpgrp() == os.getpid(), flush=True)  # noqa: T201 - what it is for
    ending = sys.argv[1]
    if ending == "wait":
        time.sleep(60)
    if ending == "fail":
        raise ValueError("as it was told")
    sys.exit(int(ending))


if __name__ == "__main__":
    main()
