"""What the records of a sender's domain say about whether its emails arrive."""

from collections.abc import Sequence

import pytest

from messaging import sender_domain
from messaging.sender_domain import RecordCheck, Verdict
from tests.machines.dns_server import Records, dns_server

DOMAIN = "acme.example"
SPF, DKIM, DMARC, MX = range(4)


def checks(records: Records) -> list[RecordCheck]:
    with dns_server(records) as resolver:
        return sender_domain.check(DOMAIN, sender_domain.asking(resolver))


def txt(*texts: str) -> Sequence[str]:
    return [f'"{text}"' for text in texts]


def test_domain_that_is_set_up_well_has_nothing_to_fix() -> None:
    found = checks(
        {
            (DOMAIN, "TXT"): txt("some-verification=1", "v=spf1 include:_spf.acme.example -all"),
            (f"selector1._domainkey.{DOMAIN}", "TXT"): txt("v=DKIM1; k=rsa; p=MIGf"),
            (f"_dmarc.{DOMAIN}", "TXT"): txt("v=DMARC1; p=reject"),
            (DOMAIN, "MX"): ["10 mx.acme.example."],
        }
    )
    assert [(each.name, each.verdict) for each in found] == [
        ("SPF", "good"),
        ("DKIM", "good"),
        ("DMARC", "good"),
        ("MX", "good"),
    ]
    assert found[SPF].found == "v=spf1 include:_spf.acme.example -all"
    assert "selector1" in found[DKIM].words
    assert found[MX].found == "mx.acme.example"


def test_domain_without_records_is_told_what_is_missing() -> None:
    found = checks({})
    assert [each.verdict for each in found] == ["missing", "unknown", "missing", "missing"]
    assert "_dmarc.acme.example" in found[DMARC].words


@pytest.mark.parametrize(
    ("records", "verdict", "words"),
    [
        (txt("v=spf1 +all"), "weak", "anyone"),
        (txt("v=spf1 mx all"), "weak", "anyone"),
        (txt("v=spf1 ?all"), "weak", "anyone"),
        (txt("V=SPF1 mx ~ALL"), "good", ""),
        (txt("v=spf1 redirect=_spf.mail.example"), "good", ""),
        (txt("v=spf1 mx -all", "v=spf1 a -all"), "weak", "Merge"),
        (txt("v=spf10 mx -all"), "missing", "No SPF"),
        # A text longer than 255 octets is stored in pieces.
        (['"v=spf1 include:a.example " "include:b.example -all"'], "good", ""),
    ],
)
def test_spf_records_are_read_as_receivers_read_them(
    records: Sequence[str], verdict: Verdict, words: str
) -> None:
    spf = checks({(DOMAIN, "TXT"): records})[SPF]
    assert spf.verdict == verdict
    assert words in spf.words


@pytest.mark.parametrize("text", ["v=DKIM1; p=", "v=DKIM1; k=rsa; p= "])
def test_key_that_was_withdrawn_does_not_count(text: str) -> None:
    assert checks({(f"default._domainkey.{DOMAIN}", "TXT"): txt(text)})[DKIM].verdict == "unknown"


def test_policy_of_the_domain_above_counts_for_a_subdomain() -> None:
    with dns_server({("_dmarc.acme.example", "TXT"): txt("v=DMARC1;p=quarantine;pct=100")}) as resolver:
        found = sender_domain.check("mail.hr.acme.example", sender_domain.asking(resolver))
    assert found[DMARC].verdict == "good"
    assert "quarantine" in found[DMARC].words


def test_null_mx_receives_nothing() -> None:
    assert checks({(DOMAIN, "MX"): ["0 ."]})[MX].verdict == "missing"


@pytest.mark.parametrize("faults", [{"is_silent": True}, {"fails": True}])
def test_dns_that_does_not_answer_leaves_everything_unknown(
    faults: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_domain, "SECONDS", 0.3)
    with dns_server({}, **faults) as resolver:
        found = sender_domain.check(DOMAIN, sender_domain.asking(resolver))
    assert {each.verdict for each in found} == {"unknown"}
    assert {each.words for each in found} == {"The DNS didn't answer. Try again later."}
