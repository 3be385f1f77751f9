"""What a mail server's refusal is about: the recipient, this one mail, or us, the sender.

A fault of ours must never be held against a recipient: it will be fixed, and then the mail is sent. Servers
report such faults with codes that they use for other things too (5.7.1 is both "relay access denied" and
"spam"), so their words are read as well, the most specific first (RFC 5321, RFC 3463 and what Postfix, Exim,
qmail, Sendmail, Exchange, Microsoft 365, Google, Amazon SES, SendGrid and Mailgun are known to write).
"""

from __future__ import annotations

import re
from enum import Enum, auto

from messaging.smtp import Stage


class Verdict(Enum):
    """What a refusal is about. Everything but the last four concerns us."""

    SIGNING_IN = auto()
    ENCRYPTION = auto()
    SENDER = auto()
    RELAYING = auto()
    GREETING = auto()
    LIMIT = auto()
    REPUTATION = auto()
    SERVER = auto()
    # A smaller version of it may be accepted.
    TOO_LARGE = auto()
    # This address accepts nothing from us.
    RECIPIENT = auto()
    # This mail was refused; another one may be accepted.
    CONTENT = auto()
    # Nothing in the answer says that it is about us.
    UNCLEAR = auto()

    @property
    def is_ours(self) -> bool:
        """Whether the fault is ours or our mail server's, so that mails wait until it is fixed."""
        return self not in (Verdict.TOO_LARGE, Verdict.RECIPIENT, Verdict.CONTENT, Verdict.UNCLEAR)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# A limit on simultaneous connections passes in a moment, and no one has to do anything about it.
_AT_ONCE = _words(r"(thread|connections?|sessions?)\W+(\w+\W+)?limit|concurrent|simultaneous")

# Codes that are clear on their own, no matter what words follow. `X` is 4 or 5.
_TELLING_CODES: dict[str, Verdict] = {
    # Groups and mailboxes that accept mail from some senders only: about this recipient.
    **dict.fromkeys(("X.7.2", "X.7.12", "X.7.124", "X.7.129"), Verdict.RECIPIENT),
    **dict.fromkeys(("X.7.133", "X.7.134", "X.7.135", "X.7.136", "X.7.505"), Verdict.RECIPIENT),
    **dict.fromkeys(("X.2.2", "X.2.121", "X.2.122"), Verdict.RECIPIENT),
    **dict.fromkeys(("X.7.3", "X.7.8", "X.7.9", "X.7.13", "X.7.14"), Verdict.SIGNING_IN),
    **dict.fromkeys(("X.7.30", "X.7.31", "X.7.57", "X.7.139"), Verdict.SIGNING_IN),
    **dict.fromkeys(("X.7.10", "X.7.11"), Verdict.ENCRYPTION),
    **dict.fromkeys(("X.7.54", "X.7.64", "X.7.367", "X.7.368"), Verdict.RELAYING),
    **dict.fromkeys(("X.1.7", "X.1.8", "X.1.20", "X.2.252", "X.7.60"), Verdict.SENDER),
    **dict.fromkeys((f"X.7.{n}" for n in (20, 21, 22, 23, 24, 26, 27, 29, 509, 512)), Verdict.SENDER),
    **dict.fromkeys(("X.1.90", "X.4.5", "X.7.28", "X.7.508"), Verdict.LIMIT),
    **dict.fromkeys((f"X.7.{n}" for n in (25, 501, 502, 503, 511, 513)), Verdict.REPUTATION),
    **dict.fromkeys((f"X.7.{n}" for n in range(606, 650)), Verdict.REPUTATION),
    **dict.fromkeys((f"X.7.{n}" for n in range(700, 760)), Verdict.LIMIT),
    **dict.fromkeys(("X.3.4", "X.2.3"), Verdict.TOO_LARGE),
    **dict.fromkeys(("5.3.1", "5.3.2", "5.3.3", "5.3.5"), Verdict.SERVER),
}

_TELLING_WORDS: tuple[tuple[re.Pattern[str], Verdict], ...] = (
    # The receiving side's limits sound like the sending side's.
    (
        _words(r"receiving (e?-?mail|messages) (too|at)|recipient'?s? (\w+ )?(quota|limit|mailbox)"),
        Verdict.RECIPIENT,
    ),
    (
        _words(r"(mailbox|inbox|storage|disk|user|account)\W+(\w+\W+){0,3}(full|over ?quota|quota|storage)"),
        Verdict.RECIPIENT,
    ),
    (
        _words(
            r"(message|mail|e-mail|file|data|content) (\w+ ){0,2}(size|length)|size limit|too (large|big)"
            r"|maximum (\w+ )?size|exceeds (the )?(\w+ )?(size|length)"
        ),
        Verdict.TOO_LARGE,
    ),
    (_words(r"\b(helo|ehlo)\b"), Verdict.GREETING),
    (
        _words(
            r"starttls|\b(tls|ssl|encryption|encrypted|secure) (\w+ ){0,2}(required|needed|must)"
            r"|(requires?|must use|need) (\w+ ){0,2}(tls|ssl|encryption|encrypted)"
        ),
        Verdict.ENCRYPTION,
    ),
    (
        _words(
            r"authenticat(ion|e)\b(\W+\w+){0,3}\W+(required|needed|unsuccessful|failed|first|credentials)"
            r"|not authenticated|unauthenticated (users?|senders?|clients?|relay)|smtp auth\b"
            r"|must (be )?(\w+ )?(log|sign|auth)\w*|(log|sign)[ -]?(in|on) (first|required)"
            r"|password not accepted|(application|app)-?(specific)? password|web ?login|basic auth"
            r"|pop.before.smtp|check (for )?(new )?mail (first|before)"
        ),
        Verdict.SIGNING_IN,
    ),
    (
        _words(
            r"relay(ing)?\W+(\w+\W+){0,3}(denied|not|prohibited|disallowed|forbidden|rejected|refused)"
            r"|(unable|not|cannot|can't|don't|won't|no|refus\w+|denied|prohibited)\W+(\w+\W+){0,3}relay"
            r"|rcpthosts|not a gateway|open relay|tenantattribution"
        ),
        Verdict.RELAYING,
    ),
    (
        _words(
            r"send ?as ?denied|send (as|on behalf)|as this sender|not owned by|\b(spf|dkim|dmarc)\b"
            r"|unauthenticated (e-?mail|mail|message)|bad (\w+ )?sender|(sender|from) identit"
            r"|(identit|e-?mail address|from address|domain)\w*\W+(\w+\W+){0,4}not (\w+ )?verified"
            r"|not a verified|from (address|header)|(envelope|return)[ -]?(sender|path)"
            r"|sender\W+((address|e-?mail|domain|is|was|of|verify|has|not)\W+){0,3}"
            r"(reject|denied|refused|fail|not|block|unknown|invalid|unverified|does|must|need|verif)"
            r"|(invalid|unknown|unverified|unauthorized|unauthorised) sender"
            r"|not (allowed|authori[sz]ed|permitted) to send|not allowed to (use|send)"
        ),
        Verdict.SENDER,
    ),
    (
        _words(
            r"submissionquota|\b(daily|hourly|monthly)\b|\bper[- ](day|hour|minute|month)\b"
            r"|\b(send|sending|sender|outbound|outgoing|submission|smtp|message|messages|mail|email|rate"
            r"|sent|recipient|recipients)\W+(\w+\W+)?(limit|quota|rate)s?\b"
            r"|(limit|quota)\W+(\w+\W+){0,3}(send|sent|sending|messages|e-?mails|recipients)"
            r"|too many (messages|mails|e-?mails|recipients|connections)"
            r"|rate.?limit|throttl|\bcredits?\b|trial (account|plan)|account (\w+ ){0,3}suspended"
        ),
        Verdict.LIMIT,
    ),
    (
        _words(
            r"(client|your|sending|sender|connecting|source) "
            r"(host|ip|server|network|hostname|mta|machine|mail server)\b"
            r"|blocked using|spamhaus|spamcop|barracuda|sorbs|\b(dns|rh?s?)bl\b"
            r"|(black|block|deny) ?list|reverse (dns|host|lookup)|\bptr\b|reputation|banned"
        ),
        Verdict.REPUTATION,
    ),
)

_USUAL_CODES: dict[str, Verdict] = {
    **dict.fromkeys((f"X.1.{n}" for n in (1, 2, 3, 4, 6, 9, 10, 351)), Verdict.RECIPIENT),
    **dict.fromkeys(("X.2.1", "X.2.4", "X.4.1", "X.4.4", "X.4.6", "X.4.14", "X.4.310"), Verdict.RECIPIENT),
    **dict.fromkeys(
        ("X.6.0", "X.6.1", "X.6.2", "X.6.3", "X.6.5", "X.7.5", "X.7.6", "X.7.7"), Verdict.CONTENT
    ),
}

_USUAL_WORDS: tuple[tuple[re.Pattern[str], Verdict], ...] = (
    (
        _words(
            r"(no|unknown|invalid|non-?existent|bad|inactive|disabled)\W+(\w+\W+){0,2}"
            r"(user|mailbox|recipient|account|address|destination|such)"
            r"|(user|mailbox|recipient|account|address|destination|domain)\W+(\w+\W+){0,6}"
            r"(unknown|unavailable|not found|not exist|doesn't exist|invalid|rejected|disabled"
            r"|inactive|unrouteable)"
            r"|unrouteable|undeliverable|no mailbox|does not exist|nosuchuser"
        ),
        Verdict.RECIPIENT,
    ),
    (
        _words(r"spam|virus|malware|unsolicited|junk|phish|suspicious|content|\burls?\b|attachment"),
        Verdict.CONTENT,
    ),
)

# 5.5.x and these say that the server does not understand our protocol.
_PROTOCOL_CODES = (500, 502, 503, 504, 523, 524, 525, 534, 535, 538)
_ENHANCED = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")


def verdict_on(code: int, text: str, stage: Stage) -> Verdict:
    """What an answer of 400 to 599 is about, at `stage` of the delivery; `text` is everything that the server
    said after the code. One that asks to try later is about us only if it says so.
    """
    if code >= 500 and (stage is Stage.SIGNING_IN or code in (524, 525, 534, 535)):
        return Verdict.SIGNING_IN
    found = _ENHANCED.search(text)
    enhanced = f"X.{found[2]}.{found[3]}" if found else ""
    exact = _TELLING_CODES.get(found[0] if found else "") or _TELLING_CODES.get(enhanced)
    if exact is not None:
        return _at_stage(exact, stage, code)
    if code < 500 and _AT_ONCE.search(text):
        return Verdict.UNCLEAR
    for pattern, verdict in _TELLING_WORDS:
        if pattern.search(text):
            return _at_stage(verdict, stage, code)
    if code < 500:
        return Verdict.UNCLEAR
    if code == 530:
        return Verdict.SIGNING_IN
    if code in (523, 538):
        return Verdict.ENCRYPTION
    if stage is Stage.CONNECTING:
        return Verdict.SERVER
    if stage is Stage.SENDER:
        # Anything said against the sender affects all mails alike, unless it says that this one is too large.
        return Verdict.TOO_LARGE if code == 552 else Verdict.SENDER
    if enhanced in _USUAL_CODES:
        return _USUAL_CODES[enhanced]
    for pattern, verdict in _USUAL_WORDS:
        if pattern.search(text):
            return verdict
    if enhanced.startswith("X.5.") or code in _PROTOCOL_CODES:
        return Verdict.SERVER
    if code == 552:
        return Verdict.TOO_LARGE
    if enhanced.startswith(("X.1.", "X.2.")) or stage is Stage.RECIPIENT:
        return Verdict.RECIPIENT
    return Verdict.UNCLEAR


def _at_stage(verdict: Verdict, stage: Stage, code: int) -> Verdict:
    """Before a recipient has been named, no answer can be about one."""
    if code < 500 and not verdict.is_ours:
        return Verdict.UNCLEAR
    if verdict is Verdict.RECIPIENT and stage <= Stage.SENDER:
        return Verdict.SENDER if stage is Stage.SENDER else Verdict.SERVER
    return verdict
