"""Settings → Email: a test email with its result, and the records of the sender's domain."""

import pytest
from flask import Flask

from tests.accounts.mails import do_background_work, the_mail_to
from tests.factories import Team, create_team
from tests.machines.application import MakeApp
from tests.machines.dns_server import dns_server
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor

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


def test_progress_is_sent_only_when_it_has_changed(web: Flask, team: Team, ada: Visitor) -> None:
    ask_for_test_email(ada)
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
