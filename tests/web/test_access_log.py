"""What the server writes about requests: never a key from an address."""

import re
from pathlib import Path

import pytest
import requests

import instance_folder
from tests.machines.processes import wait_until
from tests.machines.servers import ServerProcesses


# The log has nothing to do with the database, so once is enough.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_access_log_holds_no_key_of_any_address(
    server_processes: ServerProcesses, instance_path: Path
) -> None:
    [server] = server_processes.start(1, workers=1)
    key = "K3y-that-opens-something"
    with requests.Session() as http:
        http.trust_env = False
        for address in (
            f"/j/1.candidate.0.{key}",
            f"/s/{key}",
            f"/repair/{key}",
            f"/invitations/{key}",
            f"/password-reset/{key}",
            f"/connect/zoom/callback?code={key}&state={key}",
            f"/login?next=/j/{key}",
            f"/j/{key}?x={key}",
            f"/J/../j/{key}",
            "/the-last-one",
        ):
            http.get(
                f"{server.base_url}{address}",
                headers={"Referer": f"{server.base_url}/j/{key}", "User-Agent": f"agent {key}"},
                allow_redirects=False,
                timeout=10,
            )
        code = instance_folder.setup_code(instance_path)
        page = http.get(f"{server.base_url}/setup", timeout=10)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token is not None
        http.post(
            f"{server.base_url}/setup",
            data={"csrf_token": token[1], "code": "guess", "password": key},
            timeout=10,
        )
    wait_until(lambda: "/the-last-one" in server.logs(), what="the log is written", timeout=10)
    log = server.logs()
    assert "GET /j/… " in log
    assert "/connect/zoom/callback?… " in log
    assert key not in log
    assert token[1] not in log
    assert code not in log.partition("GET /setup")[2]
