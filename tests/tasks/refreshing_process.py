"""A process that renews one connection again and again, in several threads at once, beside others like it.

    python -m tests.tasks.refreshing_process CONNECTION_ID FIRST_VERSION ROUNDS

In each round every thread asks for tokens newer than those of the round before, so that each round needs
exactly one refresh, in whatever process. Prints a line for every error and the version it ended with.
"""

import sys
import threading

from app import create_app
from connections.refresh import live_grant

THREADS = 4


def main() -> None:
    connection_id, first_version, rounds = (int(argument) for argument in sys.argv[1:])
    app = create_app()
    together = threading.Barrier(THREADS)
    complaints: list[str] = []
    versions: list[int] = []

    def renew() -> None:
        with app.app_context():
            version = first_version
            for number in range(rounds):
                together.wait(60)
                try:
                    _, version = live_grant(connection_id, rejected_version=first_version + number)
                except Exception as error:
                    complaints.append(f"{type(error).__name__}: {error}")
            versions.append(version)

    threads = [threading.Thread(target=renew) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write("".join(f"{complaint}\n" for complaint in complaints))
    sys.stdout.write(f"ended with {sorted(set(versions))}\n")


if __name__ == "__main__":
    main()
