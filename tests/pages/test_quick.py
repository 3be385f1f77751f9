"""What is read quickly is read as the rules of HTML have it, and what raises a question is left to them."""

import pytest

from tests.pages import quick
from tests.pages.element import Element
from tests.pages.tree import parse, parse_by_the_rules

PAGE = """<!doctype html>\n<html lang="en">\n<head>\n<title>Jobs &amp; people</title>\n</head>\n
<body class="wide">\n<main>{}</main>\n</body>\n</html>\n"""


def read(html: str) -> Element | None:
    return quick.read(html, "div", lambda icon: None)


@pytest.mark.parametrize(
    "piece",
    [
        "<p>A &lt;b&gt; &#39;c&#39; \u2026 <em>d</em> e</p>",
        '<textarea name="words">\r\n\r\nA &amp; <b></textarea><pre>\n\nB</pre>',
        "<select name='one' required><option value=\"\" selected>A<option>B</option></select>",
        "<ul><li>A<ul><li>B</li></ul></li><li>C</li></ul><dl><dt>D</dt><dd>E</dd></dl>",
        "<table>\n<thead><tr><th>A</th></tr></thead>\n<tbody><tr><td><p>B</p></td></tr></tbody></table>",
        '<script src="/a.js" defer></script><script>if (1 < 2 && "&lt;") run()</script>',
        '<form action="/jobs?a=1&amp;b=2"><input name="a" data-b><button>C</button></form>',
    ],
)
def test_it_reads_as_the_rules_say(piece: str) -> None:
    for html in (piece, PAGE.format(piece)):
        ours, theirs = read(html), parse_by_the_rules(html)
        assert ours is not None
        assert not theirs.mistakes
        assert ours.is_like(theirs.root)


@pytest.mark.parametrize(
    "piece",
    [
        "<p>A<div>B</div></p>",
        "<p>A",
        "A</p>",
        "<b><i>A</b></i>",
        "<p id=a>A</p>",
        '<p id="a" id="b">A</p>',
        '<p id="a"class="b">A</p>',
        "<p>A &unknown; B</p>",
        "<p>A &copy B</p>",
        "<p>A &#0; B</p>",
        "<p>A \x00 B</p>",
        "<p>1 < 2</p>",
        "<!-- A -->",
        '<a href="/">A <a href="/">B</a></a>',
        "<ul><li>A<li>B</li></li></ul>",
        "<table><tr><td>A</td></tr></table>",
        "<table>A<tbody></tbody></table>",
        "<table><tbody><tr><td>A</td><form></form></tr></tbody></table>",
        "<h2>A<h3>B</h3></h2>",
        "<div/>",
        "<br></br>",
        "<select><p>A</p></select>",
        "<body>",
        "<blink>A</blink>",
        "<script><!-- <script></script> --></script>",
    ],
)
def test_what_raises_a_question_is_read_by_the_rules(piece: str) -> None:
    assert read(piece) is None
    assert read(PAGE.format(piece)) is None
    assert parse(piece).root.is_like(parse_by_the_rules(piece).root)
