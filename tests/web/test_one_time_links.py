"""Links that open something: mail programs, scanners and browsers may fetch them before their reader does."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from accounts import feeds, invitations
from extensions import db
from instance_folder import setup_code
from models import Interview, PasswordReset, Role, User
from services import services
from tests.factories import TIMEZONE, Team, create_candidate, request_slots, schedule
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor
from tests.web.world import everything_stored
from timezones import utc_now
from web.access import ACCESS, Public

KEYED = {endpoint for endpoint, rule in ACCESS.items() if isinstance(rule, Public) and rule.key_in_path}
# The pages behind the buttons of a candidate's page.
BEHIND_OWN_PAGE = {
    "choose": "choose",
    "move": "move",
    "call_off": "cancel",
    "late": "late",
    "time_zone": "time-zone",
    "calendar": "calendar",
}
# How a scanner, a prefetching browser, a download manager and a script ask.
STRANGERS: tuple[dict[str, str], ...] = (
    {},
    {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner)"},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
    {"Accept": "*/*", "Range": "bytes=0-511"},
)


def links_of(web: Flask, team: Team) -> dict[str, str]:
    """A link of each kind that has its key in its address, by the page that it opens."""
    with in_rows(web):
        ada = db.session.get_one(User, team.ada.id)
        newcomer = invitations.NewMember("Sofia Rossi", "sofia@mail.example", Role.RECRUITER, TIMEZONE)
        invitation = invitations.invite(ada, newcomer, "smoothhiring.example")
        feed = feeds.renew(ada)
        reset = PasswordReset(user_id=team.ben.id, expires_at=utc_now() + timedelta(hours=1))
        db.session.add(reset)
        db.session.commit()
        # Soon enough that every answer is possible on the candidate's page.
        interview = db.session.get_one(
            Interview, schedule(team.ada, team.dina, starts_at=utc_now() + timedelta(hours=1))
        )
        other = create_candidate("Omar Haddad", "omar@mail.example", team.other_job_id)
        asked = db.session.get_one(Interview, request_slots(team.ada, other))
        here = services()
        own_page = here.candidate_links.page(interview)
        choosing = here.candidate_links.page(asked)
        addresses = {
            "mailed_links.invitation": here.account_links.invitation(invitation),
            "mailed_links.reset": here.account_links.reset(reset),
            "repair.page": here.account_links.repair_page(interview),
            "calendar_page.feed": here.account_links.calendar_feed(feed),
            "join.page": here.join_links.join_page(interview, "candidate"),
            "join.calendar": here.join_links.join_page(interview, "candidate") + "/calendar",
            "own_page.page": own_page,
            **{f"own_page.{name}": f"{own_page}/{path}" for name, path in BEHIND_OWN_PAGE.items()},
            "own_page.none_fit": f"{choosing}/none-of-these",
            # The same pages for someone who is asked to choose a time.
            "own_page.page when asked": choosing,
            "own_page.choose when asked": f"{choosing}/choose",
            "own_page.call_off when asked": f"{choosing}/cancel",
        }
    return {endpoint: urlsplit(address).path for endpoint, address in addresses.items()}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_link_is_not_spent_by_looking_at_it(web: Flask, team: Team, method: str) -> None:
    links = links_of(web, team)
    pages = {rule.endpoint for rule in web.url_map.iter_rules() if "GET" in (rule.methods or ())}
    tried = {endpoint.partition(" ")[0] for endpoint in links}
    assert tried == KEYED & pages, "a page with a key in its address is not tried here"
    with in_rows(web):
        before = everything_stored()
    for link in links.values():
        for headers in STRANGERS:
            stranger = Visitor(web)
            answer = stranger.client.open(link, method=method, base_url=stranger.base_url, headers=headers)
            answer.close()
            assert answer.status_code == 200, f"{method} {link}"
            with in_rows(web):
                assert everything_stored() == before, f"{method} {link} changed something"
        # Its reader finds it as it was sent, with its form.
        assert Visitor(web).get(link).status == 200


def test_code_of_the_first_run_is_not_spent_by_looking_at_it(web: Flask) -> None:
    code = setup_code(web.config["INSTANCE_PATH"])
    for method in ("GET", "HEAD"):
        for address in ("/setup", f"/setup?code={code}"):
            answer = Visitor(web).client.open(address, method=method, base_url=web.config["BASE_URL"])
            assert answer.status_code == 200
    assert setup_code(web.config["INSTANCE_PATH"]) == code
