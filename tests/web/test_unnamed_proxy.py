"""A proxy that no one told the server about."""

from collections.abc import Callable

from flask import Flask

from tests.factories import create_team
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

WORDS = "Requests come through a proxy, but TRUSTED_PROXIES is 0"
THROUGH_A_PROXY = {"X-Forwarded-For": "198.51.100.7"}


def banner_shown(visitor: Visitor, headers: dict[str, str], address: str = "/jobs") -> bool:
    answer = visitor.client.get(address, base_url=visitor.base_url, headers=headers)
    assert answer.status_code == 200
    return WORDS in answer.text


def test_those_who_administer_are_told_on_every_page(make_app: Callable[..., Flask]) -> None:
    app = make_app({"TRUSTED_PROXIES": 0})
    with in_rows(app):
        team = create_team()
    ada, ben = Visitor(app).enter(team.ada), Visitor(app).enter(team.ben)
    for address in ("/", "/jobs", "/settings/organization"):
        assert banner_shown(ada, THROUGH_A_PROXY, address)
    assert not banner_shown(ben, THROUGH_A_PROXY)
    # A stranger's made-up header must not be able to cause this for others.
    assert not banner_shown(ada, {})


def test_proxy_that_was_named_brings_no_warning(make_app: Callable[..., Flask]) -> None:
    app = make_app({"TRUSTED_PROXIES": 1})
    with in_rows(app):
        team = create_team()
    assert not banner_shown(Visitor(app).enter(team.ada), THROUGH_A_PROXY)
