"""The DNS records of the domain that emails are sent from, as receiving mail servers read them.

Google and Yahoo demand SPF or DKIM of every sender, and both with DMARC of larger ones; without them,
invitations end in spam folders. Only the sending server knows which selector signs with DKIM, so those that
common providers use are tried, and finding none proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import dns.resolver

Verdict = Literal["good", "weak", "missing", "unknown"]

# The limit for one question. All are asked at the same time, so a page waits hardly longer than this.
SECONDS = 3.0
# Google, Microsoft, Mailchimp, Fastmail, Zoho, Proton, and the defaults of the programs that sign.
_SELECTORS = (
    "google",
    "selector1",
    "selector2",
    "k1",
    "k2",
    "fm1",
    "zoho",
    "protonmail",
    "default",
    "mail",
    "dkim",
    "s1",
)


@dataclass(frozen=True)
class RecordCheck:
    """One record and what it means. `found` is its text, or "". `words` are a sentence or two for the person
    who looks after the domain.
    """

    name: str
    verdict: Verdict
    words: str
    found: str = ""


class NoAnswerError(Exception):
    """The DNS didn't answer in time, or answered with a failure: nothing is known."""


# The texts of the TXT records of a name, the hosts of its MX records, or the names that its PTR records say;
# none if there are none. May raise `NoAnswerError`.
Ask = Callable[[str, str], Sequence[str]]


def asking(resolver: dns.resolver.Resolver | None = None) -> Ask:
    """A way to ask a resolver; by default the one that this machine is set up with."""
    # Only two pages need it, and it has 56 modules, which every process would hold and every start would
    # load.
    import dns.exception
    import dns.resolver

    def ask(name: str, kind: str) -> Sequence[str]:
        try:
            answer = (resolver or dns.resolver.get_default_resolver()).resolve(name, kind, lifetime=SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as failure:
            raise NoAnswerError(name) from failure
        if kind == "TXT":
            # A long text is stored in pieces that belong together without anything between them.
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        named = [record.target if kind == "PTR" else record.exchange for record in answer]
        return [name.to_text().rstrip(".") for name in named]

    return ask


def check(domain: str, ask: Ask) -> list[RecordCheck]:
    """SPF, DKIM, DMARC and MX of the domain (ASCII) of a sender's address. Raises nothing."""
    with ThreadPoolExecutor(max_workers=4) as threads:
        checks = [threads.submit(each, domain, ask) for each in (_spf, _dkim, _dmarc, _mx)]
        return [each.result() for each in checks]


def _spf(domain: str, ask: Ask) -> RecordCheck:
    name = "SPF"
    try:
        found = [text for text in ask(domain, "TXT") if text.lower().split(" ")[0] == "v=spf1"]
    except NoAnswerError:
        return _unknown(name)
    if not found:
        words = (
            "No SPF record. Publish one that names your mail server, or receivers can't tell your emails "
            "from forgeries."
        )
        return RecordCheck(name, "missing", words)
    if len(found) > 1:
        return RecordCheck(
            name,
            "weak",
            "More than one SPF record: receivers treat that as an error. Merge them.",
            "\n".join(found),
        )
    last = found[0].lower().split()[-1]
    if last in ("+all", "all", "?all"):
        words = f"The record ends in {last}, which lets anyone send in your name. End it in ~all or -all."
        return RecordCheck(name, "weak", words, found[0])
    return RecordCheck(name, "good", "Check that it names the mail server above.", found[0])


def _dkim(domain: str, ask: Ask) -> RecordCheck:
    name = "DKIM"

    def look(selector: str) -> tuple[str, str | None]:
        try:
            texts = ask(f"{selector}._domainkey.{domain}", "TXT")
        except NoAnswerError:
            return selector, None
        # An empty key is one that was withdrawn.
        keys = [
            text
            for text in texts
            if "p=" in text.replace(" ", "") and not text.replace(" ", "").endswith("p=")
        ]
        return selector, keys[0] if keys else ""

    with ThreadPoolExecutor(max_workers=len(_SELECTORS)) as threads:
        answers = dict(threads.map(look, _SELECTORS))
    for selector, key in answers.items():
        if key:
            return RecordCheck(name, "good", f"Found the key of the selector “{selector}”.", key)
    if all(key is None for key in answers.values()):
        return _unknown(name)
    words = (
        "No key found under the usual names, and only your mail server knows which name it signs with. "
        "If it doesn't sign, turn signing on; the test email's headers show a DKIM-Signature when it does."
    )
    return RecordCheck(name, "unknown", words)


def _dmarc(domain: str, ask: Ask) -> RecordCheck:
    name = "DMARC"
    labels = domain.split(".")
    # Receivers look at the domain itself and then at the one it belongs to (RFC 7489, section 6.6.3).
    places = [domain] + [".".join(labels[i:]) for i in range(1, len(labels) - 1)]
    try:
        for place in places:
            for text in ask(f"_dmarc.{place}", "TXT"):
                tags = dict(part.strip().partition("=")[::2] for part in text.split(";") if "=" in part)
                tags = {key.strip().lower(): value.strip() for key, value in tags.items()}
                if tags.get("v", "").upper() != "DMARC1":
                    continue
                policy = tags.get("p", "").lower()
                if policy in ("quarantine", "reject"):
                    return RecordCheck(name, "good", f"Receivers {policy} emails that fail the checks.", text)
                words = (
                    "Receivers are asked to do nothing about forgeries (p=none). That is fine for a start."
                )
                return RecordCheck(name, "good", words, text)
    except NoAnswerError:
        return _unknown(name)
    words = "No DMARC record. A first one can be “v=DMARC1; p=none” under _dmarc." + domain + "."
    return RecordCheck(name, "missing", words)


def _mx(domain: str, ask: Ask) -> RecordCheck:
    name = "MX"
    try:
        hosts = ask(domain, "MX")
    except NoAnswerError:
        return _unknown(name)
    if hosts and hosts != [""]:
        words = "Bounces and calendar replies come back here."
        return RecordCheck(name, "good", words, ", ".join(sorted(hosts)))
    words = (
        "The domain receives no email, so bounces and calendar replies are lost, and some "
        "receivers refuse it."
    )
    return RecordCheck(name, "missing", words)


def _unknown(name: str) -> RecordCheck:
    return RecordCheck(name, "unknown", "The DNS didn't answer. Try again later.")
