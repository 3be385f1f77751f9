"""Each fault that pages are checked for is found on a page that is otherwise good."""

import pytest

from tests.pages.checks import checked

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Jobs · SmoothHiring</title></head><body>
<main><h1>Jobs</h1><div id="messages"></div>{}</main></body></html>"""


def problems_of(piece: str, page: str = PAGE) -> tuple[str, ...]:
    return checked(page.format(piece), is_mail=False).problems


def test_a_good_page_has_no_problem() -> None:
    form = """<form method="post" action="/jobs"><input type="hidden" name="csrf_token" value="x">
        <label for="title">Title</label><input id="title" name="title" aria-describedby="hint">
        <p id="hint">As candidates read it.</p><button>Add job</button></form>
        <a href="/jobs/1">Backend Engineer</a>"""
    assert problems_of(form) == ()


@pytest.mark.parametrize(
    ("piece", "problem"),
    [
        ('<p id="a">A</p><p id="a">B</p>', "the id a 2 times"),
        ('<label for="gone">Name</label>', "a label for gone, which is not there"),
        ('<p onclick="run()">A</p>', "onclick on <p>"),
        ('<p style="color: red">A</p>', "style on <p>"),
        ("<script>run()</script>", "inline <script>"),
        ('<a href="#">Nowhere</a>', "a link to nowhere: Nowhere"),
        ("<a>Nowhere</a>", "a link to nowhere: Nowhere"),
        ('<a href=" JavaScript:run()">Run</a>', "a link that runs:  JavaScript:run()"),
        ('<a href="data:text/html,x">Run</a>', "a link that runs: data:text/html,x"),
        ('<input name="city">', "no label for city"),
        ('<p aria-describedby="here gone" id="here">A</p>', "aria-describedby gone, which is not there"),
        ('<p aria-labelledby="gone">A</p>', "aria-labelledby gone, which is not there"),
        ('<form action="/jobs"></form>', "a form with method missing"),
        ('<form method="get"></form>', "a form without an address to send to"),
        ('<form method="post" action="/jobs"></form>', "a form with 0 tokens"),
        ("<h1>Again</h1>", "2 h1"),
    ],
)
def test_each_fault_is_found(piece: str, problem: str) -> None:
    assert problem in problems_of(piece)


def test_a_label_around_its_field_or_words_of_its_own_will_do() -> None:
    assert problems_of('<label>City <input name="city"></label>') == ()
    assert problems_of('<input name="city" aria-label="City">') == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "<title>Jobs",
            "<title>Work",
            "a title “Work · SmoothHiring” that does",
        ),
        (' lang="en"', "", "no lang"),
        (
            '<h1>Jobs</h1><div id="messages"></div>',
            '<div id="messages"></div><h1>Jobs</h1>',
            "no single place",
        ),
        ("<title>Jobs · SmoothHiring</title>", "", "0 titles"),
    ],
)
def test_each_fault_of_a_whole_page_is_found(old: str, new: str, problem: str) -> None:
    assert PAGE.replace(old, new) != PAGE
    assert any(found.startswith(problem) for found in problems_of("", PAGE.replace(old, new)))


def test_what_a_strict_parser_rejects_is_reported_with_its_line() -> None:
    [mistake, *_] = problems_of("<p><div>A</div></p>")
    assert mistake.startswith("line 3: ")


def test_parts_that_pages_have_in_common_are_checked_on_each() -> None:
    nav = '<nav><a href="/jobs" style="color: red">Jobs</a></nav>'
    assert problems_of(nav) == problems_of(f"{nav} ") == ("style on <a>",)
