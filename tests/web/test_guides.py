"""The guides in Help: open to everyone, the reader's own first, and every link leads somewhere."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from flask import Flask

from blueprints.help.guides import FOR_ROLES, GUIDES, PICTURES
from blueprints.help.markdown import parse, read
from models import Role
from tests.factories import Member, Team, create_user
from tests.machines.rows import in_rows
from tests.pages.page import Page
from tests.pages.visitor import Visitor
from tests.web.conftest import SignIn

OWN = {
    Role.OWNER: "For owners and admins",
    Role.ADMIN: "For owners and admins",
    Role.RECRUITER: "For recruiters",
    Role.HIRING_MANAGER: "For hiring managers",
    Role.INTERVIEWER: "For interviewers",
    Role.OBSERVER: "For interviewers",
}


@pytest.fixture
def everyone(web: Flask, team: Team) -> dict[Role, Member]:
    with in_rows(web):
        others = (Role.ADMIN, Role.RECRUITER, Role.INTERVIEWER, Role.OBSERVER)
        made = {role: create_user(f"{role.name.title()} Person", role) for role in others}
    return {Role.OWNER: team.ada, Role.HIRING_MANAGER: team.ben, **made}


def titles_below(page: Page, heading: str) -> list[str]:
    [section] = [
        each for each in page.tree.all("section") if [h for h in each.all("h2") if h.text == heading]
    ]
    return [link.text for link in section.all("a")]


def test_own_guide_comes_first_and_all_are_open_to_everyone(
    everyone: dict[Role, Member], sign_in: SignIn
) -> None:
    for role, member in everyone.items():
        reader = sign_in(member)
        page = reader.get("/help")
        assert titles_below(page, "For you") == [OWN[role]]
        assert len(titles_below(page, "For everyone else")) == len(FOR_ROLES) - 1
        is_told = "Sending email" in titles_below(page, "In detail")
        assert is_told is (role in (Role.OWNER, Role.ADMIN))
    for guide in GUIDES:
        assert reader.get(f"/help/guides/{guide.name}").status == 200
    reader.get("/help/guides/nothing-here", status=404)


def test_guides_ask_for_a_sign_in(web: Flask, team: Team) -> None:
    for path in ("/help", "/help/guides/recruiters"):
        Visitor(web).get(path, leads_to=f"/login?next={path}")


def test_every_link_of_every_guide_leads_to_a_place_that_is_there(ada: Visitor) -> None:
    pages = {f"/help/guides/{guide.name}": ada.get(f"/help/guides/{guide.name}") for guide in GUIDES}
    for address, page in pages.items():
        [article] = page.tree.all("article")
        contents = [each for each in page.tree.all("nav") if each.get("class") == "guide-contents"]
        for link in [*article.all("a"), *contents[0].all("a")]:
            target = urlsplit(link["href"])
            if target.scheme == "https":
                continue
            there = pages.get(target.path or address)
            if there is None:
                assert ada.client.get(target.path).status_code == 200, link["href"]
            else:
                assert not target.fragment or there.tree.with_id(target.fragment), link["href"]


def test_pictures_are_there_in_both_themes_with_their_size_and_in_words(ada: Visitor) -> None:
    page = ada.get("/help/guides/recruiters")
    [article] = page.tree.all("article")
    links = [link for link in article.all("a") if "picture" in str(link.get("class"))]
    assert len(links) >= 8
    for light, dark in zip(links[::2], links[1::2], strict=True):
        assert "in-light" in str(light["class"])
        assert "in-dark" in str(dark["class"])
        for link in (light, dark):
            [picture] = link.all("img")
            assert link["href"] == picture["src"]
            assert picture["alt"]
            assert picture["loading"] == "lazy"
            assert int(str(picture["width"])) <= 1280
            assert ada.client.get(picture["src"]).mimetype == "image/webp"


def test_guides_turn_to_the_one_before_and_the_one_after(ada: Visitor) -> None:
    page = ada.get(f"/help/guides/{GUIDES[0].name}")
    for guide in GUIDES[1:]:
        [following] = [link for link in page.tree.all("a") if link.get("rel") == "next"]
        assert following["href"] == f"/help/guides/{guide.name}"
        page = ada.get(following["href"])
    assert [link["href"] for link in page.tree.all("a") if link.get("rel") == "prev"]
    assert not [link for link in page.tree.all("a") if link.get("rel") == "next"]


def test_search_finds_sections_and_leads_to_them(ada: Visitor) -> None:
    page = ada.get("/help?q=Undo+reschedule")
    [link] = [each for each in page.tree.all("a") if each.text == "Move to another time"]
    assert link["href"] == "/help/guides/recruiters#move-to-another-time"
    assert {mark.text.lower() for mark in page.tree.all("mark")} <= {"undo", "reschedule"}
    # A word in a heading counts more than one in the text.
    results = [each for each in ada.get("/help?q=rehearse").tree.all("a") if "#" in str(each.get("href"))]
    assert results[1].text == "Rehearse"
    assert "Nothing found" in ada.get("/help?q=walrus").text
    assert "For you" in ada.get("/help?q=+").text


def test_html_in_a_guide_is_text_and_a_link_that_leads_nowhere_is_only_words() -> None:
    text = (
        "# Title\n\nWhat it is about.\n\n## Part\n\n<b onclick=x>bold</b> [a file](../config.py)\n\n## Part\n"
    )
    document = read(
        parse(text), PurePosixPath("docs/guides/some.md"), PICTURES, lambda path, anchor: None, str
    )
    assert "&lt;b onclick=x&gt;" in document.body
    assert "<a " not in document.body
    assert "a file" in document.body
    assert [heading.anchor for heading in document.headings] == ["title", "part", "part-1"]
    assert document.lead == "What it is about."
