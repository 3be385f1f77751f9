"""Links and numbers as people write them, on a candidate's page."""

import pytest

from tests.factories import Team
from tests.hiring.test_candidates import address_of
from tests.pages.visitor import Visitor


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
