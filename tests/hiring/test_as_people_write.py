"""A candidate's links and phone number, as people write them."""

import pytest

from extensions import db
from models import Candidate
from tests.factories import Team, schedule
from tests.hiring.conftest import Rows
from tests.hiring.test_candidates import address_of
from tests.pages.visitor import Visitor


def test_links_and_source_are_kept_and_shown(rows: Rows, team: Team, ada: Visitor) -> None:
    typed = (
        "www.linkedin.com/in/dina\n\n https://dina.example/work?a=1&b=2 \nhttps://www.linkedin.com/in/dina"
    )
    page = ada.get(address_of(team.dina, "/edit"))
    ada.submit(page, "Save", status=303, links=typed, source=" Referral  by Ben ")
    whole = ["https://www.linkedin.com/in/dina", "https://dina.example/work?a=1&b=2"]
    page = ada.get(address_of(team.dina))
    shown = {
        link.get("href"): link.text for link in page.tree.all("a", lambda e: e.get("target") == "_blank")
    }
    assert list(shown) == whole
    assert shown[whole[0]].startswith("linkedin.com/in/dina")
    assert "Referral by Ben" in page.words
    again = ada.get(address_of(team.dina, "/edit"))
    assert again.value_of("Save", "links").split() == whole
    with rows():
        interview_id = schedule(team.ada, team.dina)
        dina = db.session.get_one(Candidate, team.dina.id)
        assert (dina.links, dina.source) == (whole, "Referral by Ben")
    assert whole[1] in [link.get("href") for link in ada.get(f"/interviews/{interview_id}").tree.all("a")]
    many = "\n".join(f"https://mail.example/{number}" for number in range(6))
    for wrong, words in (
        ("javascript:alert(1)", "is not a link"),
        ("just words", "is not a link"),
        ("just words\nftp://mail.example/cv", "“just words” and “ftp://mail.example/cv” are not links."),
        ("ftp://mail.example/cv", "is not a link"),
        ("https://user:secret@mail.example/", "is not a link"),
        ("https://mail.example/a b", "is not a link"),
        ("https://mail.example/" + "x" * 500, "At most 500 characters in a link."),
        (many, "At most 5 links."),
    ):
        refused = ada.submit(again, "Save", status=422, links=f"https://ok.example\n{wrong}")
        assert words in refused.error_at("links"), wrong
        assert wrong in refused.value_of("Save", "links").replace("\r\n", "\n")
    assert ada.submit(again, "Save", status=422, source="x" * 81).error_at("source")


def test_links_may_share_a_line_as_people_paste_them(team: Team, ada: Visitor) -> None:
    page = ada.get(address_of(team.dina, "/edit"))
    typed = "linkedin.com/in/dina, www.dina.example;\thttps://git.example/a,b;\n"
    ada.submit(page, "Save", status=303, links=typed)
    kept = ada.get(address_of(team.dina, "/edit")).value_of("Save", "links").split()
    assert kept == ["https://linkedin.com/in/dina", "https://www.dina.example", "https://git.example/a,b"]


@pytest.mark.parametrize(
    ("typed", "dialed"),
    [
        ("030 / 90 18 20-0 (privat)", "tel:0309018200"),
        ("+44 (0)20 7946 0018", "tel:+442079460018"),
        ("٠١٢٣٤٥٦٧٨٩", "tel:0123456789"),
        ("030 901820 ext. 5", "tel:030901820;ext=5"),
    ],
)
def test_number_is_dialed_as_a_telephone_needs_it_and_shown_as_typed(
    team: Team, ada: Visitor, typed: str, dialed: str
) -> None:
    ada.submit(ada.get(address_of(team.dina, "/edit")), "Save", status=303, phone=typed)
    [link] = ada.get(address_of(team.dina)).tree.all("a", lambda e: (e.get("href") or "").startswith("tel:"))
    assert (link.get("href"), link.text) == (dialed, typed)
