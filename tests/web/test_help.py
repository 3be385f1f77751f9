"""Help about connecting apps: complete, true to the product's own words, and limited to what concerns the
reader."""

import json

import pytest
from flask import Flask

from connections import wording
from connections.catalogue import spec_of
from extensions import db
from models import MeetingSoftware, Organization, Role
from providers.zoom.scopes import OPTIONAL
from scheduling.meetings import failures
from tests.factories import PASSWORD, ZOOM, Team, create_team, create_user
from tests.machines.application import MakeApp
from tests.machines.apps import Seeded
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor

HELP = "/help/connecting-apps"
ABOUT_ZOOM = f"{HELP}?app=zoom"


@pytest.fixture
def people(set_up: Flask, seeded: Seeded) -> Team:
    return seeded(set_up, create_team)


def signed_in(app: Flask, email: str) -> Visitor:
    return Visitor(app).sign_in(email, PASSWORD)


def copied(page: Page) -> set[str]:
    return {button["data-copy"] for button in page.tree.all("button") if button.get("data-copy")}


def test_help_is_reached_from_every_page_and_from_connected_apps(set_up: Flask, people: Team) -> None:
    ben = signed_in(set_up, people.ben.email)
    menu = ben.get("/jobs").tree.with_id("user-menu")
    assert menu is not None
    [link] = [a for a in menu.all("a") if a.text == "Help"]
    assert HELP in {a.get("href") for a in ben.get(link["href"]).tree.all("a")}
    apps = ben.get("/settings/account/connected-apps")
    assert [a for a in apps.tree.all("a") if a.get("href") == HELP]
    Visitor(set_up).get(HELP, leads_to=f"/login?next={HELP}")


def test_help_about_email_says_what_helps_against_a_certificate(set_up: Flask, people: Team) -> None:
    ada = signed_in(set_up, people.ada.email)
    [link] = [a for a in ada.get("/help").tree.all("a") if a.text == "Sending email"]
    page = ada.get(link["href"])
    assert page.heading == "Sending email"
    for words in ("update-ca-certificates", "SSL_CERT_FILE", "has to be the name in the certificate"):
        assert words in page.text
    # A provider that is also a mail server has its own steps there.
    for words in ("SMTP.SendAsApp", "New-ServicePrincipal", "Add-MailboxPermission", "MAIL_OAUTH_TENANT"):
        assert words in page.text
    ben = signed_in(set_up, people.ben.email)
    assert "Sending email" not in ben.get("/help").text
    ben.get("/help/sending-email", status=403)


def test_every_failure_of_the_product_is_there_with_its_cure(set_up: Flask, people: Team) -> None:
    text = signed_in(set_up, people.ben.email).get(ABOUT_ZOOM).text
    for reason in failures.reasons_of(MeetingSoftware.ZOOM):
        assert failures.words_of(reason, MeetingSoftware.ZOOM) in text
        assert failures.cure_of(reason, MeetingSoftware.ZOOM).words in text
    for words in (
        wording.ended_by_provider(ZOOM),
        wording.removed_by_user(ZOOM, "SmoothHiring"),
        wording.lost_in_renewal(ZOOM),
        wording.permissions_missing(ZOOM, []),
        wording.unreadable(ZOOM),
        wording.taken_over("A colleague"),
        wording.credentials_refused(ZOOM),
        wording.not_set_up(ZOOM),
    ):
        assert words in text


def test_every_permission_is_explained(set_up: Flask, people: Team) -> None:
    text = signed_in(set_up, people.ben.email).get(ABOUT_ZOOM).text
    for permission in spec_of(ZOOM).permissions:
        assert f"SmoothHiring may {permission.allows}" in text
        assert permission.because in text
        assert permission.scope in text
    for scope in OPTIONAL:
        assert scope in text
    assert "Nothing in SmoothHiring uses them today" in text


def test_registering_is_shown_to_those_who_administer(set_up: Flask, people: Team) -> None:
    ada = signed_in(set_up, people.ada.email).get(ABOUT_ZOOM)
    base = "http://localhost"
    assert copied(ada) == {
        f"{base}/connect/zoom/callback",
        f"{base}/webhooks/zoom",
        *(permission.scope for permission in spec_of(ZOOM).permissions),
    }
    ben = signed_in(set_up, people.ben.email).get(ABOUT_ZOOM)
    assert copied(ben) == set()
    assert ben.tree.with_id("registering") is None


def test_person_who_may_not_connect_reads_whom_to_ask(set_up: Flask, people: Team) -> None:
    ben, words = signed_in(set_up, people.ben.email), "one click asks Ada Berg"
    assert words not in ben.get(ABOUT_ZOOM).text
    ada = signed_in(set_up, people.ada.email)
    apps = "/settings/account/connected-apps"
    ada.submit(ada.get(apps), "Save", leads_to=apps, connecting_is_open=None)
    assert words in ben.get(ABOUT_ZOOM).text


@pytest.mark.parametrize(
    ("base_url", "address", "is_doubtful"),
    [
        (
            "HTTPS://Hire.Northlight.Example:443/",
            "https://hire.northlight.example/connect/zoom/callback",
            False,
        ),
        ("http://LocalHost:8000", "http://localhost:8000/connect/zoom/callback", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/connect/zoom/callback", True),
    ],
)
def test_redirect_address_is_in_lower_case_and_says_what_zoom_may_refuse(
    make_app: MakeApp, base_url: str, address: str, is_doubtful: bool
) -> None:
    app = make_app({"BASE_URL": base_url})
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    for page in ("/settings/account/connected-apps", ABOUT_ZOOM):
        text = ada.get(page).text
        assert address in text
        assert ("Zoom no longer accepts addresses like http://localhost" in text) is is_doubtful


def test_shortcuts_are_those_that_a_role_may_follow(set_up: Flask, people: Team) -> None:
    with in_rows(set_up):
        olaf = create_user("Olaf Berg", Role.OBSERVER)
    for email, schedules in ((people.ben.email, True), (olaf.email, False)):
        reader = signed_in(set_up, email)
        page = reader.get("/help/keyboard-shortcuts")
        assert ("Schedule an interview" in page.text) is schedules
        [marked] = [each for each in page.tree.all("div") if each.get("data-shortcuts")]
        told = json.loads(marked["data-shortcuts"])
        assert ("c" in told) is schedules
        for keys, where in told.items():
            if where:
                assert reader.get(where[0]).status == 200, keys


def test_privacy_page_says_how_long_things_are_kept_here(set_up: Flask, people: Team) -> None:
    ben = signed_in(set_up, people.ben.email)
    page = ben.get("/help/privacy")
    assert "until someone erases them" in page.words
    assert "Kept for good." in page.words
    with in_rows(set_up):
        row = db.session.get_one(Organization, 1)
        row.retention_days, row.log_days, row.mail_copy_days = 180, 400, 60
        db.session.commit()
    page = ben.get("/help/privacy")
    assert "until 180 days after the last interview" in page.words
    assert "Kept for 400 days." in page.words
    assert "until 60 days after the interview" in page.words
    assert "/help/privacy" in {link.get("href") for link in ben.get("/help").tree.all("a")}
