"""What guessing the passwords of a stolen database would cost. The tests' own hashes are cheap; the product's
are not."""

import importlib.util
import sys
from pathlib import Path

import pytest

import security


def test_password_hashes_cost_what_they_should(monkeypatch: pytest.MonkeyPatch) -> None:
    # A second copy of the module, because the tests have made the first one quick.
    assert security.__file__ is not None
    spec = importlib.util.spec_from_file_location("fresh_security", Path(security.__file__))
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, fresh)
    spec.loader.exec_module(fresh)
    assert fresh.hash_password("correct horse battery").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert security.hash_password("correct horse battery").startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert not fresh.password_is_outdated(fresh._no_one), (
        "checking an unknown person's password costs as much"
    )
    assert not fresh.password_matches(None, "correct horse battery")
