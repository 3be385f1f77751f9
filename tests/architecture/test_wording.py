"""Words that people see: plain American English, as someone would say it aloud."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import product_files, text_files

# What reads as translated, British or old-fashioned, with what to say instead.
AVOIDED = {
    r"every ?body('s)?": "everyone",
    r"some ?body('s)?": "someone, or who it is",
    r"nobody": "no one",
    r"who(m|so)?ever": "anyone who, or who it is",
    r"by (itself|themselves|ourselves)": "automatically, or on its own",
    r"all the same": "anyway",
    r"anew|afresh": "again",
    r"any more(?! \w)": "anymore, or no longer",
    r"shall|whilst|amongst": "will, while, among",
    r"e-mails?": "email",
    r"(is|are|was) called off": "is cancelled",
    r"stands? in": "is in",
    r"mend(s|ed)?": "fix",
    r"stray": "orphan",
    r"dialled|labelled|travell\w+|colour\w*|favour\w*|behaviour\w*|centre|licence": "the American spelling",
    r"\w*(organis|recognis|authoris|apologis|summaris|customis|synchronis)\w*": "the American spelling",
    r"passcodes?": "password",
}
_AVOIDED = re.compile(r"\b(?:" + "|".join(AVOIDED) + r")\b", re.IGNORECASE)
# These speak to someone else than our users, or in someone else's words.
_OTHERS = {
    Path("messaging/verdicts.py"),  # what mail servers answer
    Path("blueprints/hiring/imports/columns.py"),  # how spreadsheets name their columns
}
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_SEEN_ATTRIBUTE = re.compile(r'\b(?:title|placeholder|aria-label|alt|content)="([^"]*)"')
_QUOTED = re.compile(r'"([^"]*)"')


def test_words_that_people_see_are_those_that_people_use() -> None:
    found = [
        f"{name}: “{match.group()}” in “{' '.join(words.split())}”"
        for name, words in (*_in_python(), *_in_templates())
        for match in _AVOIDED.finditer(words)
    ]
    assert found == [], "see AVOIDED for what to say instead"


def test_words_to_avoid_are_found_wherever_people_see_them() -> None:
    for seen in (
        '<p title="Ask somebody">Hi</p>',
        '{{ notice("info", "It ends by itself.") }}',
        "<p>anew</p>",
    ):
        assert any(_AVOIDED.search(words) for words in _seen_in(seen)), seen
    unseen = '{# anew #}<a class="stray" href="{{ url_for(anew) }}">Hi {{ meeting.passcode }}</a>'
    assert not any(_AVOIDED.search(words) for words in _seen_in(unseen))


def _in_python() -> Iterator[tuple[Path, str]]:
    """Texts of more than one word that are neither docstrings nor patterns nor what a log says."""
    for name, text in product_files():
        if name in _OTHERS or name.suffix != ".py" or name.parts[0] in {"simulators", "migrations", "demo"}:
            continue
        tree = ast.parse(text)
        unseen = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr):
                unseen.add(node.value)
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called.startswith(("log.", "re.")) or called.endswith(
                    ("Error", "CheckConstraint", "sa.text")
                ):
                    unseen.update(node.args)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or node in unseen:
                continue
            if isinstance(node.value, str) and " " in node.value.strip():
                yield name, node.value


def _in_templates() -> Iterator[tuple[Path, str]]:
    for name, text in text_files():
        if name.parts[0] == "templates" and name.suffix in {".html", ".txt"}:
            yield from ((name, words) for words in _seen_in(text))


def _seen_in(template: str) -> Iterator[str]:
    """What stands between the tags, in attributes that are read, and in texts of the template's own code."""
    template = _COMMENT.sub(" ", template)
    for code in _CODE.findall(template):
        yield from (text for text in _QUOTED.findall(code) if " " in text.strip())
    plain = _CODE.sub(" ", template)
    yield from _SEEN_ATTRIBUTE.findall(plain)
    yield from (line for line in _TAG.sub("\n", plain).splitlines() if line.strip())
