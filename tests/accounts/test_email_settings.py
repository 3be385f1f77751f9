"""Settings → Email: a test email with its result, and the records of the sender's domain."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from extensions import db
from models import Mail
from tests.accounts.mails import do_background_work, the_mail_to
from tests.factories import Team, create_team
from tests.machines import microsoft
from tests.machines.application import MakeApp
from tests.machines.dns_server import dns_server
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.messaging.mail_servers import HOST, TokenMailroom, real_server, self_signed
from tests.pages.visitor import Visitor
from timezones import utc_now
from work.mail import next_tries

PAGE = "/settings/email"


def ask_for_test_email(ada: Visitor) -> None:
    ada.submit(ada.get(PAGE), "Send test email", status=303)


def test_test_email_arrives_and_the_page_repeats_the_servers_answer(
    web: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    ask_for_test_email(ada)
    assert "is on its way" in ada.get(PAGE).text
    do_background_work(web)
    mail = the_mail_to(simulators, team.ada.email, "Test email")
    assert mail["Reply-To"] is None
    page = ada.get(PAGE)
    assert f"The mail server accepted the email to {team.ada.email}" in page.text
    assert "250" in page.text


def test_server_that_does_not_take_it_is_quoted_and_one_email_waits(
    web: Flask, team: Team, ada: Visitor, simulators: Simulators
) -> None:
    simulators.mail_switches(answer_recipient="450 4.2.1 Try later")
    for _ in range(2):
        ask_for_test_email(ada)
        do_background_work(web)
        assert "can't leave yet" in ada.get(PAGE).text
    assert "450" in ada.get(PAGE).text
    simulators.mail_switches(answer_recipient="")
    ask_for_test_email(ada)
    do_background_work(web)
    assert len(simulators.mails(team.ada.email)) == 1


def test_token_that_the_mail_server_asks_for_is_explained_where_it_is_missing(
    make_app: MakeApp, simulators: Simulators, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, mailroom = self_signed(tmp_path, HOST), TokenMailroom()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with real_server(mailroom, tls_context=certificate.server, auth_required=True):
        app = make_app(
            {
                **simulators.settings(),
                "MAIL_PORT": str(mailroom.port),
                "MAIL_USE_TLS": "true",
                "MAIL_USERNAME": "interviews@smoothhiring.example",
                "MAIL_AUTH": "oauth",
                "MAIL_OAUTH_TENANT": "northlight.example",
                "MAIL_OAUTH_CLIENT_ID": microsoft.CLIENT_ID,
                "MAIL_OAUTH_CLIENT_SECRET": microsoft.CLIENT_SECRET,
            }
        )
        with in_rows(app):
            team = create_team()
        ada = Visitor(app).enter(team.ada)
        assert "As interviews@smoothhiring.example with a token from 127.0.0.1" in ada.get(PAGE).words

        def words_after_a_test_email() -> str:
            ask_for_test_email(ada)
            do_background_work(app)
            words = ada.get(PAGE).words
            assert mailroom.taken or _problem_in(words) in ada.get("/settings/system-log").words
            return words

        simulators.microsoft.switches(token_endpoint="expired_secret")
        assert "The secret in MAIL_OAUTH_CLIENT_SECRET has expired" in words_after_a_test_email()
        simulators.microsoft.switches(token_endpoint="throttled", retry_after="3000")
        assert "127.0.0.1 is getting too many requests from us" in words_after_a_test_email()
        with in_rows(app):
            [next_try] = next_tries(db.session.scalars(db.select(Mail.id)).all()).values()
            assert next_try > utc_now() + timedelta(minutes=45)
        simulators.microsoft.switches(token_endpoint="")
        mailroom.refusals = ["535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"]
        assert "has authenticated SMTP turned off for interviews@" in words_after_a_test_email()
        assert "Accepted" in words_after_a_test_email()
    assert [taken.recipients for taken in mailroom.taken] == [[team.ada.email]]
    for _, token in mailroom.tried:
        assert token not in ada.get(PAGE).html


def _problem_in(words: str) -> str:
    """The first words of the reason why an email waits, as the page and the System log show it."""
    said = ("MAIL_OAUTH_CLIENT_SECRET has expired", "turned off", "too many requests")
    return next(each for each in said if each in words)


def test_progress_is_sent_only_when_it_has_changed(web: Flask, team: Team, ada: Visitor) -> None:
    ask_for_test_email(ada)
    # Without it, the page would never poll.
    assert "vendor/htmx" in ada.get(PAGE).html
    [poll] = ada.get(PAGE).tree.all("div", lambda element: "data-poll" in element.attributes)
    address = poll.get("hx-get")
    ada.get(address, htmx=True, status=204)
    do_background_work(web)
    assert "Accepted" in ada.get(address, htmx=True).text


def test_page_says_what_is_missing_while_nothing_can_be_sent(make_app: MakeApp) -> None:
    bare = make_app({"MAIL_SERVER": "", "MAIL_DEFAULT_SENDER": ""})
    with in_rows(bare):
        team = create_team()
    ada = Visitor(bare).enter(team.ada)
    page = ada.get(PAGE)
    assert "MAIL_SERVER" in page.text
    assert "MAIL_DEFAULT_SENDER" in page.text
    assert not page.has_button("Check the records")
    told = ada.follow(ada.submit(page, "Send test email", status=303))
    assert "Nothing was sent" in told.text


def test_records_are_looked_up_when_asked_for(web: Flask, ada: Visitor) -> None:
    domain = web.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    with dns_server({(domain, "TXT"): ['"v=spf1 mx -all"']}) as resolver:
        web.config["DNS_RESOLVER"] = resolver
        page = ada.get(f"{PAGE}/records")
    assert "v=spf1 mx -all" in page.text
    assert "No DMARC record" in page.text
    assert "v=spf1" not in ada.get(PAGE).text


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}/records"])
def test_page_is_for_owners_and_admins(ben: Visitor, address: str) -> None:
    ben.get(address, status=403)
