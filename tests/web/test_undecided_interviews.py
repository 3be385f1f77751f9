"""No page breaks on an interview that has no time yet, or waits to be scheduled: it has no meeting, and no
one was invited to it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.machines.apps import Seeded
from tests.web.world import World, all_addresses, create_world, enter


@pytest.fixture
def world(web: Flask, seeded: Seeded) -> World:
    return seeded(web, create_world)


def addresses_about(web: Flask, world: World, which: int, method: str) -> Iterator[str]:
    about = replace(world, addresses={**world.addresses, "interview_id": world.undecided[which]})
    for endpoint, address in all_addresses(web, about, method):
        if web.url_map.is_endpoint_expecting(endpoint, "interview_id"):
            yield address


@pytest.mark.parametrize("which", [0, 1], ids=["requested", "accepted"])
def test_every_page_about_one_answers(web: Flask, world: World, which: int) -> None:
    for who in ("owner", "own interviewer", "observer"):
        visitor = enter(web, world, who)
        for address in addresses_about(web, world, which, "GET"):
            for headers in ({}, {"HX-Request": "true"}):
                answer = visitor.client.get(address, base_url=visitor.base_url, headers=headers)
                answer.close()
                assert answer.status_code < 500, address


@pytest.mark.parametrize("which", [0, 1], ids=["requested", "accepted"])
def test_no_button_about_one_fails(web: Flask, world: World, which: int) -> None:
    visitor = enter(web, world, "owner")
    token = visitor.get("/interviews").token
    for address in addresses_about(web, world, which, "POST"):
        answer = visitor.client.post(address, base_url=visitor.base_url, data={"csrf_token": token})
        answer.close()
        assert answer.status_code < 500, address
