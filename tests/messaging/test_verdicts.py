"""Whose fault a mail server's refusal is: what concerns us is never blamed on the recipient."""

from __future__ import annotations

import pytest

from messaging.smtp import Stage
from messaging.verdicts import Verdict, verdict_on

OURS = [
    ("554 5.2.252 SendAsDenied; a@x.example not allowed to send as b@x.example", Verdict.SENDER),
    ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", Verdict.SENDER),
    ("550 5.7.1 Client does not have permissions to send as this sender", Verdict.SENDER),
    ("553 5.7.1 <hr@acme.example>: Sender address rejected: not owned by user anna", Verdict.SENDER),
    ("550 5.1.0 <hr@acme.example>: Sender address rejected: User unknown", Verdict.SENDER),
    (
        "550 5.7.26 Unauthenticated email from acme.example is not accepted due to DMARC policy",
        Verdict.SENDER,
    ),
    (
        "550 5.7.1 <d@m.example>: Recipient address rejected: Message rejected due to: SPF fail",
        Verdict.SENDER,
    ),
    ("554 Message rejected: Email address is not verified. The following identities failed", Verdict.SENDER),
    ("550 The from address does not match a verified Sender Identity", Verdict.SENDER),
    ("501 5.1.7 Bad sender address syntax", Verdict.SENDER),
    ("504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", Verdict.GREETING),
    ("550 5.7.1 Invalid EHLO/HELO domain", Verdict.GREETING),
    ("554 5.7.1 <dina@mail.example>: Relay access denied", Verdict.RELAYING),
    ("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Verdict.RELAYING),
    ("550 5.7.1 Unable to relay", Verdict.RELAYING),
    ("550 relay not permitted", Verdict.RELAYING),
    ("550 5.7.1 Relaying denied. Proper authentication required.", Verdict.SIGNING_IN),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Verdict.RELAYING),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", Verdict.RELAYING),
    ("550 5.4.5 Daily user sending limit exceeded", Verdict.LIMIT),
    ("550 5.4.5 Daily sending quota exceeded", Verdict.LIMIT),
    ("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", Verdict.LIMIT),
    ("550 5.1.90 Your message can't be sent because you've reached your daily limit", Verdict.LIMIT),
    ("550 5.7.1 Sending rate limit exceeded", Verdict.LIMIT),
    ("550 You have exceeded your hourly message quota", Verdict.LIMIT),
    ("454 Throttling failure: Maximum sending rate exceeded", Verdict.LIMIT),
    ("451 4.7.1 Maximum credits exceeded", Verdict.LIMIT),
    ("550 5.7.705 Access denied, tenant has exceeded threshold", Verdict.LIMIT),
    ("530 5.7.0 Must issue a STARTTLS command first", Verdict.ENCRYPTION),
    ("554 5.7.1 TLS is required for this connection", Verdict.ENCRYPTION),
    ("530 5.7.57 SMTP; Client was not authenticated", Verdict.SIGNING_IN),
    ("530 Authentication required", Verdict.SIGNING_IN),
    ("550 5.7.1 Authentication Required", Verdict.SIGNING_IN),
    ("535 5.7.8 Username and Password not accepted", Verdict.SIGNING_IN),
    ("534 5.7.9 Application-specific password required", Verdict.SIGNING_IN),
    ("550 5.7.30 Basic authentication is not supported for Client Submission", Verdict.SIGNING_IN),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example", Verdict.REPUTATION),
    ("450 4.7.1 Client host rejected: cannot find your reverse hostname", Verdict.REPUTATION),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", Verdict.REPUTATION),
    ("503 5.5.1 Bad sequence of commands", Verdict.SERVER),
    ("502 5.5.2 Command not recognized", Verdict.SERVER),
    ("554 5.3.5 Local configuration error", Verdict.SERVER),
]

NOT_OURS = [
    ("550 5.1.1 No such user here", Verdict.RECIPIENT),
    ("550 5.1.1 The email account that you tried to reach does not exist.", Verdict.RECIPIENT),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", Verdict.RECIPIENT),
    ("550 Requested action not taken: mailbox unavailable", Verdict.RECIPIENT),
    ("504 5.5.2 <dina>: Recipient address rejected: need fully-qualified address", Verdict.RECIPIENT),
    ("554 5.7.1 <dina@mail.example>: Recipient address rejected: Access denied", Verdict.RECIPIENT),
    ("550 5.4.1 Recipient address rejected: Access denied", Verdict.RECIPIENT),
    ("552 5.2.2 Mailbox full", Verdict.RECIPIENT),
    ("552 Mailbox is full / storage exceeded", Verdict.RECIPIENT),
    ("550 5.2.1 The user you are trying to contact is receiving mail too quickly", Verdict.RECIPIENT),
    ("550 5.2.1 The email account that you tried to reach is disabled.", Verdict.RECIPIENT),
    ("550 5.7.133 Sender not authenticated for group", Verdict.RECIPIENT),
    ("550 5.7.124 Sender not in allowed-senders list", Verdict.RECIPIENT),
    ("550 Unrouteable address", Verdict.RECIPIENT),
    ("550 5.1.2 Host or domain name not found", Verdict.RECIPIENT),
    ("552 Message size exceeds fixed maximum message size", Verdict.TOO_LARGE),
    ("554 5.2.3 Message too large for this recipient", Verdict.TOO_LARGE),
    ("552 5.3.4 Message size exceeds limit", Verdict.TOO_LARGE),
    ("554 5.7.1 Spam", Verdict.CONTENT),
    ("552 5.7.0 This message was blocked because its content presents a potential issue", Verdict.CONTENT),
]


@pytest.mark.parametrize("stage", [Stage.SENDER, Stage.RECIPIENT, Stage.TEXT, Stage.TEXT_HANDED_OVER])
@pytest.mark.parametrize(("reply", "verdict"), OURS)
def test_what_concerns_us_is_ours_at_every_stage(reply: str, verdict: Verdict, stage: Stage) -> None:
    code, _, text = reply.partition(" ")
    assert verdict.is_ours
    found = verdict_on(int(code), text, stage)
    assert found is verdict or (stage is Stage.SENDER and found is Verdict.SENDER)


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.TEXT, Stage.TEXT_HANDED_OVER])
@pytest.mark.parametrize(("reply", "verdict"), NOT_OURS)
def test_what_concerns_the_recipient_or_the_mail_is_not_ours(
    reply: str, verdict: Verdict, stage: Stage
) -> None:
    code, _, text = reply.partition(" ")
    assert verdict_on(int(code), text, stage) is verdict
    assert not verdict.is_ours


def test_nothing_is_about_a_recipient_who_has_not_been_named_yet() -> None:
    assert verdict_on(550, "5.1.1 User unknown", Stage.SENDER) is Verdict.SENDER
    assert verdict_on(554, "5.7.1 Access denied", Stage.CONNECTING).is_ours


def test_an_answer_that_says_nothing_is_about_the_recipient_where_one_was_just_named() -> None:
    assert verdict_on(550, "No", Stage.RECIPIENT) is Verdict.RECIPIENT
    assert verdict_on(554, "Transaction failed", Stage.TEXT_HANDED_OVER) is Verdict.UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
        "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
        "4.7.0 Too many concurrent SMTP connections from this IP",
    ],
)
@pytest.mark.parametrize("stage", [Stage.CONNECTING, Stage.SIGNING_IN, Stage.SENDER, Stage.TEXT_HANDED_OVER])
def test_limit_on_what_runs_at_once_is_no_ones_fault(said: str, stage: Stage) -> None:
    assert verdict_on(432, said, stage) is Verdict.UNCLEAR
