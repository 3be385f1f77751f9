"""Sending mail through the simulated Outlook."""

from __future__ import annotations

import base64

import pytest
import requests

from tests.machines.simulators import Simulators
from tests.simulators.asking import PRIYA, message
from tests.simulators.microsoft_client import MAIL_SCOPES, MicrosoftAccount, MicrosoftCaller, code_of


@pytest.fixture
def mailer(microsoft: MicrosoftCaller) -> MicrosoftAccount:
    """A person who has allowed the app to send in her name."""
    return microsoft.connect(scope=MAIL_SCOPES)


def test_mime_is_sent_as_it_was_written(
    microsoft: MicrosoftCaller, mailer: MicrosoftAccount, simulators: Simulators
) -> None:
    answer = mailer.send(message(Bcc="hidden@mail.example", In_Reply_To="<zero@northlight.example>"))
    assert (answer.status_code, answer.content) == (202, b"")
    mails = simulators.mails()
    assert {address for mail in mails for address in mail.envelope_to} == {
        "dina@mail.example",
        "hidden@mail.example",
    }
    received = mails[0].message
    assert received["Message-ID"] == "<one@northlight.example>"
    assert received["In-Reply-To"] == "<zero@northlight.example>"
    assert received["Bcc"] is None
    sent = microsoft.simulator.sent(PRIYA)[0]
    assert (sent["kept"], sent["message_id"]) == (True, "<one@northlight.example>")
    microsoft.simulator.assert_no_violation()


def test_message_id_and_name_of_sender_are_kept_or_replaced(
    microsoft: MicrosoftCaller, mailer: MicrosoftAccount, simulators: Simulators
) -> None:
    mailer.send(message(From=f"Ada Berg <{PRIYA}>"))
    microsoft.simulator.switches(replace_message_ids=True, own_display_names=True)
    mailer.send(message(From=f"Ada Berg <{PRIYA}>", References="<zero@northlight.example>"))
    kept, replaced = (mail.message for mail in simulators.mails())
    assert (kept["From"], kept["Message-ID"]) == (f"Ada Berg <{PRIYA}>", "<one@northlight.example>")
    assert replaced["From"] == f"Priya Raman <{PRIYA}>"
    assert replaced["Message-ID"].endswith("@outlook.example>")
    assert replaced["X-Microsoft-Original-Message-ID"] == "<one@northlight.example>"
    assert replaced["References"] == "<zero@northlight.example>"
    assert len(replaced.get_all("Message-ID", [])) == 1


@pytest.mark.parametrize("names", [("message", "saveToSentItems"), ("Message", "SaveToSentItems")])
def test_json_is_sent_too(
    microsoft: MicrosoftCaller, mailer: MicrosoftAccount, simulators: Simulators, names: tuple[str, str]
) -> None:
    body = {
        names[0]: {
            "subject": "Hello",
            "body": {"contentType": "html", "content": "<p>Hi</p>"},
            "toRecipients": [{"emailAddress": {"address": "dina@mail.example", "name": "Dina Kaur"}}],
            "internetMessageHeaders": [{"name": "x-interview", "value": "7"}],
        },
        names[1]: False,
    }
    assert mailer.call("POST", "/me/sendMail", body).status_code == 202
    received = simulators.mails("dina@mail.example")[0].message
    assert (received["Subject"], received["x-interview"]) == ("Hello", "7")
    assert str(received["From"]) == f"Priya Raman <{PRIYA}>"
    assert microsoft.simulator.sent()[0]["kept"] is False
    microsoft.simulator.assert_no_violation()


def test_what_is_not_a_message_is_refused(microsoft: MicrosoftCaller, mailer: MicrosoftAccount) -> None:
    headers = {"Content-Type": "text/plain"}
    for sent in (b"not base64!", b"", base64.urlsafe_b64encode(b"\xff\xfe\xff")):
        assert mailer.call("POST", "/me/sendMail", headers=headers, data=sent).status_code == 400, sent
    assert mailer.send(message(To="")).status_code == 400
    assert mailer.call("POST", "/me/sendMail", {"message": {"subjct": "x"}}).status_code == 400
    denied = mailer.send(message(From="someone@else.example"))
    assert (denied.status_code, code_of(denied)) == (403, "ErrorSendAsDenied")
    assert microsoft.simulator.sent() == []
    assert len(microsoft.simulator.ledger()["violations"]) >= 6


def test_accounts_and_recipients_are_refused(microsoft: MicrosoftCaller, mailer: MicrosoftAccount) -> None:
    for switch, value, expected in (
        ("send_limit_reached", [PRIYA], (429, "ErrorExceededMessageLimit")),
        ("send_blocked", [PRIYA], (403, "ErrorMessageSubmissionBlocked")),
        ("refused_recipients", ["dina@mail.example"], (400, "ErrorInvalidRecipients")),
        ("largest_message", 10, (413, "ErrorMessageSizeExceeded")),
    ):
        before = microsoft.simulator.switches()
        microsoft.simulator.switches(**{switch: value})
        answer = mailer.send(message())
        assert (answer.status_code, code_of(answer)) == expected
        microsoft.simulator.switches(**{switch: before[switch]})
    assert mailer.send(message()).status_code == 202
    microsoft.simulator.assert_no_violation()


def test_refused_delivery_comes_back_to_the_sender(
    microsoft: MicrosoftCaller, mailer: MicrosoftAccount, simulators: Simulators
) -> None:
    simulators.mail_switches(reject_recipients={"dina@mail.example": 550})
    assert mailer.send(message()).status_code == 202
    assert "dina@mail.example" in simulators.wait_for_mails(1, to=PRIYA)[0].message.get_content()
    assert list(microsoft.simulator.sent()[0]["undelivered"]) == ["dina@mail.example"]


def test_sends_are_lost_before_and_after(
    microsoft: MicrosoftCaller, mailer: MicrosoftAccount, simulators: Simulators
) -> None:
    microsoft.simulator.switches(drop_next_sends=1)
    with pytest.raises(requests.ConnectionError):
        mailer.send(message())
    assert simulators.mails() == []
    microsoft.simulator.switches(lose_next_sends=1)
    with pytest.raises(requests.ConnectionError):
        mailer.send(message())
    assert len(simulators.mails()) == len(microsoft.simulator.sent()) == 1
