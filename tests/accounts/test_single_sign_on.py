"""Signing in with an account elsewhere: whom it lets in, what is linked, and every way that it can fail."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from accounts import single_sign_on
from accounts.invitations import LIFETIME
from accounts.single_sign_on import NotLetInError
from accounts.throttling import SINGLE_SIGN_ON
from extensions import db
from models import Invitation, LinkedIdentity, User
from tests.accounts.mails import do_background_work, the_mail_to
from tests.accounts.phones import HOME, Phone, set_up
from tests.accounts.trips import PRIYA, answer_for, come_back, invited, linked, log_of, reset_password
from tests.factories import Team, create_team
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.issuer import MANY_DIRECTORIES
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

PROFILE = "/settings/account/profile"
BEN = "Ben@Northlight.example"
STRANGER = "nobody@elsewhere.example"
NOTICE = "can now sign you in"


@pytest.fixture
def web(make_app: MakeApp, simulators: Simulators) -> Flask:
    """The app with the simulated issuer."""
    return make_app({**simulators.settings(), **simulators.issuer.settings()})


def test_it_is_off_until_it_is_set_up(make_app: MakeApp, simulators: Simulators, team: Team) -> None:
    visitor = Visitor(make_app(simulators.settings()))
    assert "Sign in with" not in visitor.get("/login").words
    visitor.get("/login/single-sign-on", status=404)
    visitor.get("/login/single-sign-on/callback?code=a&state=b", status=404)


def test_verified_address_finds_the_person_and_the_identity_from_then_on(
    web: Flask, team: Team, simulators: Simulators
) -> None:
    visitor = Visitor(web)
    page = visitor.get("/login?next=/candidates")
    assert "Sign in with Northlight ID" in page.words
    left = visitor.get("/login/single-sign-on?next=/candidates", status=303)
    back = simulators.issuer.decide(left.headers["Location"], BEN)
    visitor.get(back, leads_to="/candidates")
    assert visitor.is_signed_in
    assert linked(web) == [(team.ben.id, BEN.lower())]
    assert log_of(web)[-2:] == [
        "Ben Frei now signs in with Northlight ID too.",
        "Ben Frei signed in with Northlight ID.",
    ]
    # Another address here: the identity is what counts now.
    with in_rows(web):
        db.session.get_one(User, team.ben.id).email = "benedict@northlight.example"
        db.session.commit()
    again, _ = come_back(web, simulators, BEN, leads_to="/")
    assert again.is_signed_in


def test_next_address_leads_nowhere_else(web: Flask, team: Team, simulators: Simulators) -> None:
    visitor = Visitor(web)
    left = visitor.get("/login/single-sign-on?next=//evil.example/", status=303)
    visitor.get(simulators.issuer.decide(left.headers["Location"], BEN), leads_to="/")


def test_it_creates_no_accounts(web: Flask, team: Team, simulators: Simulators) -> None:
    visitor, page = come_back(web, simulators, STRANGER, status=403)
    assert "You're not on this team" in page.words
    assert STRANGER in page.words
    assert not visitor.is_signed_in
    assert not linked(web)
    # An address of someone who is not on the team is not written down.
    assert log_of(web)[-1] == "Someone tried to sign in with Northlight ID: no one here has that address."


@pytest.mark.parametrize("spoiled", ["unverified_email", "no_email"])
def test_address_that_is_not_verified_finds_no_one(
    web: Flask, team: Team, simulators: Simulators, spoiled: str
) -> None:
    simulators.issuer.switches(id_token=spoiled)
    visitor, page = come_back(web, simulators, BEN, status=403)
    assert "Your address isn't verified" in page.words
    assert not visitor.is_signed_in
    # A person who is already linked needs no address.
    simulators.issuer.switches(id_token="")
    come_back(web, simulators, BEN)
    simulators.issuer.switches(id_token=spoiled)
    assert come_back(web, simulators, BEN)[0].is_signed_in


def test_deactivated_person_stays_out(web: Flask, team: Team, simulators: Simulators, ada: Visitor) -> None:
    come_back(web, simulators, BEN)
    page = ada.get(f"/settings/team/{team.ben.id}/deactivate")
    ada.submit(page, "Deactivate", status=303)
    visitor, page = come_back(web, simulators, BEN, status=403)
    assert "Your account is deactivated" in page.words
    assert not visitor.is_signed_in
    assert log_of(web)[-1].endswith("that person is deactivated.")


def test_address_that_has_changed_hands_opens_nothing(web: Flask, team: Team, simulators: Simulators) -> None:
    come_back(web, simulators, BEN)
    simulators.issuer.switches(other_subject=True)
    visitor, page = come_back(web, simulators, BEN, status=403)
    assert "That's another account at Northlight ID" in page.words
    assert not visitor.is_signed_in


def test_invited_person_accepts_with_it_and_needs_no_password(
    web: Flask, team: Team, simulators: Simulators, ada: Visitor
) -> None:
    invited(ada)
    visitor, _ = come_back(web, simulators, PRIYA, leads_to="/")
    assert "Priya Raman accepted the invitation." in log_of(web)
    page = visitor.get(PROFILE)
    assert "You have no password." in page.words
    # The only way in is not given up.
    said = visitor.follow(visitor.submit(page, "Unlink", status=303))
    assert "Choose a password first." in said.words
    assert len(linked(web)) == 1
    # A password can follow by email, and replaces it. There is no notice of what they did themselves.
    visitor.post("/logout", status=303)
    reset_password(web, simulators, PRIYA)
    assert not linked(web)
    assert not [each for each in simulators.mails(PRIYA) if NOTICE in str(each.message["Subject"])]
    Visitor(web).sign_in(PRIYA, "a brand new sentence")


def test_first_sign_in_is_announced_and_a_new_password_takes_it_back(
    web: Flask, team: Team, simulators: Simulators
) -> None:
    visitor, _ = come_back(web, simulators, BEN)
    do_background_work(web)
    notice = the_mail_to(simulators, team.ben.email, NOTICE).get_body(("plain",))
    assert notice is not None
    assert "with Northlight ID, as ben@northlight.example, for the first time" in notice.get_content()
    # The second time there is nothing new.
    come_back(web, simulators, BEN)
    do_background_work(web)
    the_mail_to(simulators, team.ben.email, NOTICE)
    page = reset_password(web, simulators, team.ben.email)
    assert "with which you also sign in, ben@northlight.example, will be unlinked" in page.words
    assert not linked(web)
    assert log_of(web)[-1] == "Ben Frei's new password unlinked their accounts."
    visitor.get("/", status=303)


def test_where_two_steps_are_required_the_second_is_set_up_without_a_password(
    clock: Clock, web: Flask, team: Team, simulators: Simulators, ada: Visitor
) -> None:
    set_up(ada, clock)
    ada.post("/settings/organization/two-step-verification", {"required": "yes"}, status=303)
    clock.move(timedelta(seconds=1))
    invited(ada)
    visitor, _ = come_back(web, simulators, PRIYA)
    page = visitor.get(visitor.get("/", status=303).headers["Location"])
    assert "Your password" not in page.words
    phone = Phone(clock, page)
    codes = visitor.submit(page, "Turn on", code=phone.code())
    assert codes.heading == "Save your recovery codes"
    visitor.get("/")
    # What takes it back asks for a password, and says how to get one.
    refused = visitor.submit(
        visitor.get(f"{HOME}/recovery-codes"), "Make new codes", current="anything", status=422
    )
    assert "You have no password yet." in refused.words


def test_invitation_that_expired_is_not_accepted_by_it(
    web: Flask, team: Team, simulators: Simulators, ada: Visitor
) -> None:
    invited(ada)
    with in_rows(web):
        invitation = db.session.scalars(sa.select(Invitation)).one()
        invitation.expires_at -= LIFETIME + timedelta(minutes=1)
        db.session.commit()
    visitor, page = come_back(web, simulators, PRIYA, status=403)
    assert "Your invitation is no longer open" in page.words
    assert not visitor.is_signed_in


def test_others_cannot_unlink(web: Flask, team: Team, simulators: Simulators, ada: Visitor) -> None:
    come_back(web, simulators, BEN)
    with in_rows(web):
        number = db.session.scalars(sa.select(LinkedIdentity.id)).one()
    ada.post(f"/settings/account/identities/{number}/unlink", status=404)
    assert len(linked(web)) == 1


def test_two_step_verification_stays_the_second_step(
    web: Flask, clock: Clock, team: Team, simulators: Simulators
) -> None:
    phone = set_up(Visitor(web).sign_in(team.ben.email), clock)
    visitor, _ = come_back(web, simulators, BEN, leads_to="/login/code")
    assert not visitor.is_signed_in
    visitor.submit(visitor.get("/login/code"), "Sign in", leads_to="/", code=phone.next_code())
    assert visitor.is_signed_in


def test_canceled(web: Flask, team: Team, simulators: Simulators) -> None:
    visitor = Visitor(web)
    page = visitor.get(answer_for(visitor, simulators, BEN, "cancel"), status=400)
    assert "You canceled" in page.words
    assert not visitor.is_signed_in


def test_answer_works_once_and_only_in_the_browser_that_asked(
    web: Flask, team: Team, simulators: Simulators
) -> None:
    visitor = Visitor(web)
    back = answer_for(visitor, simulators, BEN)
    stranger = Visitor(web)
    assert "belongs to another browser" in stranger.get(back, status=400).words
    assert not stranger.is_signed_in
    visitor.client.head(back, base_url=visitor.base_url)
    visitor.get(back, leads_to="/")
    # A reload leads on; after signing out, it is worth nothing.
    visitor.get(back, leads_to="/")
    visitor.post("/logout", status=303)
    assert "used already" in visitor.get(back, status=400).words


def test_cookie_from_before_does_not_bring_a_used_code_back(
    web: Flask, team: Team, simulators: Simulators
) -> None:
    visitor = Visitor(web)
    back = answer_for(visitor, simulators, BEN)
    cookie = visitor.session_cookie()
    visitor.get(back, status=303)
    thief = Visitor(web).plant_cookie(cookie)
    page = thief.get(back, status=403)
    assert "this sign-in was used already" in page.words
    assert not thief.is_signed_in


def test_several_tabs_can_be_on_their_way(web: Flask, team: Team, simulators: Simulators) -> None:
    visitor = Visitor(web)
    first = answer_for(visitor, simulators, BEN)
    answer_for(visitor, simulators, BEN)
    visitor.get(first, leads_to="/")


def test_answer_that_took_too_long_is_refused(
    web: Flask, team: Team, simulators: Simulators, clock: Clock
) -> None:
    visitor = Visitor(web)
    back = answer_for(visitor, simulators, BEN)
    clock.move(timedelta(minutes=16))
    assert "took too long" in visitor.get(back, status=400).words


@pytest.mark.parametrize("answer", ["wrong_state", "no_code", "server_error", "wrong_iss"])
def test_answers_that_prove_nothing(web: Flask, team: Team, simulators: Simulators, answer: str) -> None:
    simulators.issuer.switches(answer=answer)
    visitor = Visitor(web)
    page = visitor.get(answer_for(visitor, simulators, BEN), status=403 if answer == "wrong_iss" else 400)
    assert "Back to the sign-in page" in page.words
    assert not visitor.is_signed_in


@pytest.mark.parametrize(
    "spoiled",
    [
        *("missing", "garbled", "unsigned", "own_secret", "forged", "wrong_audience", "others_too"),
        *("wrong_issuer", "expired", "wrong_nonce", "no_nonce", "no_subject"),
    ],
)
@pytest.mark.parametrize("base", ["", MANY_DIRECTORIES], ids=["one", "many"])
def test_id_tokens_that_prove_nothing(
    make_app: MakeApp, simulators: Simulators, seeded_team: Team, spoiled: str, base: str
) -> None:
    web = make_app({**simulators.settings(), **simulators.issuer.settings(base=base)})
    simulators.issuer.switches(id_token=spoiled)
    visitor, page = come_back(web, simulators, BEN, status=403)
    assert "doesn't prove who you are" in page.words
    assert not visitor.is_signed_in
    assert not linked(web)


@pytest.fixture
def seeded_team(web: Flask, team: Team) -> Team:
    return team


def test_issuer_of_several_directories_is_known_by_the_directory(
    make_app: MakeApp, simulators: Simulators, team: Team
) -> None:
    web = make_app({**simulators.settings(), **simulators.issuer.settings(base=MANY_DIRECTORIES)})
    # This issuer vouches for no address.
    assert "isn't verified" in come_back(web, simulators, BEN, status=403)[1].words


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        ("server_error", "can't be used right now"),
        ("html", "can't be used right now"),
        ("another_issuer", "isn't set up right"),
    ],
)
def test_issuer_that_cannot_be_asked_is_named_before_anyone_leaves(
    make_app: MakeApp, simulators: Simulators, seeded_team: Team, spoiled: str, words: str
) -> None:
    # An app of its own, because others have already asked. It remembers the failure for a few seconds.
    settings = {**simulators.settings(), **simulators.issuer.settings(), "OIDC_LABEL": f"ID {spoiled}"}
    visitor = Visitor(make_app(settings))
    simulators.issuer.switches(discovery=spoiled)
    assert words in visitor.get("/login/single-sign-on", status=503).words


@pytest.mark.parametrize(
    ("failure", "words", "status"),
    [
        ("server_error", "can't be used right now", 503),
        ("html", "can't be used right now", 503),
        ("drop", "can't be used right now", 503),
        ("invalid_client", "isn't set up right", 503),
        ("invalid_grant", "You weren't signed in", 403),
    ],
)
def test_token_endpoint_that_fails(
    web: Flask, team: Team, simulators: Simulators, failure: str, words: str, status: int
) -> None:
    simulators.issuer.switches(token_endpoint=failure)
    visitor, page = come_back(web, simulators, BEN, status=status)
    assert words in page.words
    assert not visitor.is_signed_in


def test_those_who_fail_often_are_delayed_before_the_issuer_is_asked(
    web: Flask, team: Team, simulators: Simulators, clock: Clock
) -> None:
    for _ in range(SINGLE_SIGN_ON.free_per_address - 1):
        come_back(web, simulators, STRANGER, status=403)
    # Getting in uses up nothing.
    come_back(web, simulators, BEN)
    come_back(web, simulators, STRANGER, status=403)
    tries = len(log_of(web))
    for account in (STRANGER, BEN):
        visitor, page = come_back(web, simulators, account, status=429)
        assert "Please wait 5 seconds" in page.words
        assert not visitor.is_signed_in
    assert len(log_of(web)) == tries
    clock.move(timedelta(minutes=1))
    come_back(web, simulators, BEN)


def test_profile_offers_it_and_shows_what_is_linked(
    web: Flask, team: Team, simulators: Simulators, ada: Visitor
) -> None:
    assert "You can also sign in with Northlight ID" in ada.get(PROFILE).words
    visitor, _ = come_back(web, simulators, BEN)
    page = visitor.get(PROFILE)
    assert BEN.lower() in page.words
    visitor.submit(page, "Unlink", status=303)
    assert not linked(web)


def test_identity_is_linked_on_both_databases(app: Flask) -> None:
    with in_rows(app):
        ben_id = create_team().ben.id
        said: dict[str, Any] = {
            "issuer": "https://id.example",
            "subject": "42",
            "is_verified": True,
            "mail_domain": "here.example",
        }
        assert single_sign_on.sign_in("ID", email="ben@northlight.example", **said).id == ben_id
        db.session.commit()
        assert single_sign_on.sign_in("ID", email="", **said).id == ben_id
        with pytest.raises(NotLetInError, match="another_account"):
            single_sign_on.sign_in("ID", email="ben@northlight.example", **said | {"subject": "43"})
        db.session.commit()
        [identity] = single_sign_on.identities_of(db.session.get_one(User, ben_id))
        assert single_sign_on.unlink(identity.user, identity.id, "ID")
        db.session.commit()
        assert not single_sign_on.identities_of(db.session.get_one(User, ben_id))
