"""The simulated Gmail: what it sends, changes and refuses."""

from __future__ import annotations

import base64
from email import message_from_string, policy

import pytest

from tests.machines.simulators import Simulators
from tests.simulators.asking import PRIYA, message
from tests.simulators.google_client import GMAIL_SCOPES, GoogleAccount, GoogleCaller, encoded, reason_of

SEND = "/gmail/v1/users/me/messages/send"
DINA = "dina@mail.example"


@pytest.fixture
def priya(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to send in her name."""
    return google.connect(scope=GMAIL_SCOPES)


def test_message_arrives_as_it_was_written(
    google: GoogleCaller, priya: GoogleAccount, simulators: Simulators
) -> None:
    written = message(Cc="ben@mail.example", Bcc="hidden@mail.example")
    answer = priya.send(written)
    assert (answer.status_code, answer.json()["labelIds"]) == (200, ["SENT"])
    arrived = simulators.mails()
    assert {mail.envelope_to[0] for mail in arrived} == {DINA, "ben@mail.example", "hidden@mail.example"}
    assert {mail.envelope_from for mail in arrived} == {PRIYA}
    for mail in arrived:
        assert (mail.message["From"], mail.message["Message-ID"]) == (written["From"], written["Message-ID"])
        assert mail.message["Bcc"] is None
        assert mail.message.get_content().splitlines() == written.get_content().splitlines()
    (kept,) = google.simulator.sent(PRIYA)
    assert (kept["id"], kept["subject"]) == (answer.json()["id"], "Interview on Thursday")
    assert message_from_string(kept["raw"], policy=policy.default)["Bcc"] == "hidden@mail.example"
    assert kept["undelivered"] == {}


def test_no_one_sends_in_anothers_name(priya: GoogleAccount, simulators: Simulators) -> None:
    priya.send(message(From="The Boss <boss@northlight.example>"))
    priya.send(message(From=""))
    first, second = simulators.mails()
    assert first.message["From"] == f"The Boss <{PRIYA}>"
    assert second.message["From"] == f"Priya Raman <{PRIYA}>"


def test_message_id_is_kept_added_or_replaced(
    google: GoogleCaller, priya: GoogleAccount, simulators: Simulators
) -> None:
    priya.send(message())
    priya.send(message(Message_ID=""))
    google.simulator.switches(replace_message_ids=True)
    priya.send(message())
    kept, added, replaced = (mail.message["Message-ID"] for mail in simulators.mails())
    assert kept == "<one@northlight.example>"
    assert added.endswith("@mail.gmail.com>")
    assert replaced.endswith("@mail.gmail.com>")
    assert len(simulators.mails()[2].message.get_all("Message-ID", [])) == 1


def test_same_message_twice_is_two_messages(priya: GoogleAccount, simulators: Simulators) -> None:
    assert priya.send(message()).json()["id"] != priya.send(message()).json()["id"]
    assert len(simulators.mails(DINA)) == 2


def test_only_the_url_alphabet_is_taken(google: GoogleCaller, priya: GoogleAccount) -> None:
    raw = message(Subject="Ünïcode ???>>>").as_bytes() + b"\xfb\xff\xfe"
    plain = base64.b64encode(raw).decode()
    assert "+" in plain or "/" in plain
    refused = priya.call("POST", SEND, {"raw": plain})
    error = refused.json()["error"]
    assert (refused.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    assert "Base64 decoding failed" in error["message"]
    assert priya.call("POST", SEND, {"raw": encoded(raw)}).status_code == 200
    assert priya.call("POST", SEND, {"raw": encoded(message()).rstrip("=")}).status_code == 200
    assert len(google.simulator.ledger()["violations"]) == 1


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"To": ""}, "Recipient address required"),
        ({"To": "nobody in particular"}, "Invalid To header"),
        ({"Cc": "a@b@c"}, "Invalid Cc header"),
    ],
)
def test_recipients_are_needed(
    google: GoogleCaller, priya: GoogleAccount, headers: dict[str, str], words: str
) -> None:
    raw = message().as_bytes()
    for name, value in headers.items():
        lines = [line for line in raw.split(b"\n") if not line.startswith(f"{name}:".encode())]
        raw = b"\n".join([f"{name}: {value}".encode(), *lines] if value else lines)
    refused = priya.send(raw)
    assert (refused.status_code, reason_of(refused)) == (400, "invalidArgument")
    assert refused.json()["error"]["message"] == words
    assert google.simulator.sent() == []


def test_empty_message_is_refused(priya: GoogleAccount) -> None:
    assert priya.call("POST", SEND, {"raw": ""}).status_code == 400
    assert priya.call("POST", SEND, {}).status_code == 400


def test_scope_of_the_calendar_does_not_send(google: GoogleCaller) -> None:
    refused = google.connect().send(message())
    assert (refused.status_code, reason_of(refused)) == (403, "insufficientPermissions")


def test_account_without_gmail_cannot_send(google: GoogleCaller, priya: GoogleAccount) -> None:
    ben = google.connect("ben.hollis@northlight.example", scope=GMAIL_SCOPES)
    google.simulator.switches(no_gmail=[PRIYA])
    for account in (ben, priya):
        error = account.send(message()).json()["error"]
        assert (error["code"], error["message"]) == (400, "Mail service not enabled")
        assert (error["status"], error["errors"][0]["reason"]) == (
            "FAILED_PRECONDITION",
            "failedPrecondition",
        )
    google.simulator.assert_no_violation()


def test_limits_are_those_of_an_account(google: GoogleCaller, priya: GoogleAccount) -> None:
    google.simulator.switches(send_limit_reached=[PRIYA], largest_message=100, refused_recipients=[DINA])
    limited = priya.send(message())
    assert (limited.status_code, reason_of(limited)) == (429, "userRateLimitExceeded")
    google.simulator.switches(send_limit_reached=[])
    assert priya.send(message()).status_code == 413
    google.simulator.switches(largest_message=36_700_160)
    assert priya.send(message()).json()["error"]["message"] == "Invalid To header"
    assert google.simulator.sent() == []
    google.simulator.assert_no_violation()


def test_message_of_more_than_a_megabyte_is_taken(priya: GoogleAccount, simulators: Simulators) -> None:
    large = message()
    large.add_attachment(b"x" * 1_000_000, maintype="application", subtype="pdf", filename="cv.pdf")
    assert priya.send(large).status_code == 200
    assert len(simulators.mails(DINA)) == 1


def test_message_to_a_mailbox_that_does_not_exist_comes_back(
    google: GoogleCaller, priya: GoogleAccount, simulators: Simulators
) -> None:
    simulators.mail_switches(reject_recipients={DINA: 550})
    assert priya.send(message(Cc="ben@mail.example")).status_code == 200
    assert list(google.simulator.sent()[0]["undelivered"]) == [DINA]
    (report,) = simulators.mails(PRIYA)
    assert report.envelope_from in ("", "<>")
    assert DINA in report.message.get_content()
    assert len(simulators.mails("ben@mail.example")) == 1


def test_answer_joins_its_thread(google: GoogleCaller, priya: GoogleAccount) -> None:
    first = priya.send(message()).json()
    headers = {"Message_ID": "<two@northlight.example>", "References": "<one@northlight.example>"}
    second = priya.send(message(Subject="Re: Interview on Thursday", **headers), threadId=first["threadId"])
    assert second.json()["threadId"] == first["threadId"]
    other = priya.send(message(Subject="Lunch", **headers), threadId=first["threadId"]).json()
    assert other["threadId"] != first["threadId"]
    google.simulator.assert_no_violation()
    unknown = priya.send(message(), threadId="unknown")
    assert (unknown.status_code, reason_of(unknown)) == (404, "notFound")


def test_address_in_the_path_has_to_be_the_accounts(priya: GoogleAccount) -> None:
    for name, status in ((PRIYA, 200), ("grace.kim@northlight.example", 403)):
        path = f"/gmail/v1/users/{name}/messages/send"
        assert priya.call("POST", path, {"raw": encoded(message())}).status_code == status
