"""Plain American English, as someone would say it aloud: in the words that people see, and in our own docs,
docstrings and comments."""

import ast
import io
import re
import tokenize
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
# Also in docstrings, comments and docs, whose readers are engineers.
AVOIDED_IN_PROSE = {
    r"stands?(?!-| for\b)|stood": "is, is written, appears",
    r"lies?": "is",
    r"mending": "fixing",
    r"hence|thereby|whereby": "so, which is why",
    r"likewise": "the same, also",
    r"lest": "so that … not",
    r"midst": "middle",
    r"sooner(?! or later)": "earlier, faster",
    r"in vain": "without success",
    r"beforehand": "before, in advance",
    r"nowhere else": "in no other place",
    r"for all that(?=[,;.])": "anyway",
}
_AVOIDED = re.compile(r"\b(?:" + "|".join(AVOIDED) + r")\b", re.IGNORECASE)
# `passcode` is the providers' own word, and so the code's.
_IN_PROSE = [*(word for word in AVOIDED if not word.startswith("passcode")), *AVOIDED_IN_PROSE]
_AVOIDED_IN_PROSE = re.compile(r"\b(?:" + "|".join(_IN_PROSE) + r")\b", re.IGNORECASE)
# These speak to someone else than our users, or in someone else's words.
_OTHERS = {
    Path("messaging/verdicts.py"),  # what mail servers answer
    Path("blueprints/hiring/imports/columns.py"),  # how spreadsheets name their columns
}
# Here only because they quote what others write.
_QUOTING = {Path("blueprints/hiring/imports/columns.py"), Path("tests/architecture/test_wording.py")}
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_COMMENTS = {
    ".html": _COMMENT,
    ".txt": _COMMENT,
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    # An address has `//` too, but never behind a blank.
    ".js": re.compile(r"/\*.*?\*/|(?:^|(?<=\s))//[^\n]*", re.DOTALL | re.MULTILINE),
}
_LINE_BREAK = re.compile(r"\s*\n\s*(?:(?:#|//|\*)\s*)?")
_HASH_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
_CODE_IN_MARKDOWN = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
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


def test_docs_docstrings_and_comments_are_in_words_that_people_use() -> None:
    found = [
        f"{name}: “{match.group()}” in “{words[max(match.start() - 60, 0) : match.end() + 60]}”"
        for name, text in text_files()
        # Most files have none of the words anywhere, and need not be parsed to find their comments.
        if name not in _QUOTING and _AVOIDED_IN_PROSE.search(_LINE_BREAK.sub(" ", text))
        for words in _prose_of(name, text)
        for match in _AVOIDED_IN_PROSE.finditer(words)
    ]
    assert found == [], "see AVOIDED and AVOIDED_IN_PROSE for what to say instead"


def test_words_to_avoid_are_found_wherever_engineers_read_them() -> None:
    for name, text in {
        "some.py": 'def f():\n    """Read it\n    anew."""',
        "other.py": "x = 1  # Nobody\n",
        "page.html": "<p>Hi</p>{# It stands\nhere. #}",
        "mail.txt": "Hi {# likewise #}",
        "sheet.css": ".a { color: red; } /* beforehand */",
        "script.js": "go(); // in vain\n",
        "script-too.js": "/** Whoever\n * asks. */",
        "GUIDE.md": "Ask somebody.",
        "tool.sh": "# It lies there.\n",
    }.items():
        assert any(_AVOIDED_IN_PROSE.search(words) for words in _prose_of(Path(name), text)), name
    for name, text in {
        "some.py": "x = 'anew'",
        "page.html": "<p>stands</p>",
        "script.js": 'go("https://stands.example");\n',
        "GUIDE.md": "Run `stands`.",
    }.items():
        assert not any(_AVOIDED_IN_PROSE.search(words) for words in _prose_of(Path(name), text)), name


def _prose_of(name: Path, text: str) -> Iterator[str]:
    """Docstrings and comments on one line each; everything in a Markdown file but code."""
    return (_LINE_BREAK.sub(" ", words) for words in _paragraphs_of(name, text))


def _paragraphs_of(name: Path, text: str) -> Iterator[str]:
    if name.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield ast.get_docstring(node) or ""
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
        for line, comment in comments.items():
            # With the next line, because a phrase can be on both.
            yield f"{comment}\n{comments.get(line + 1, '')}"
    elif name.suffix == ".md":
        yield _CODE_IN_MARKDOWN.sub("", text)
    elif name.suffix in _COMMENTS:
        yield from _COMMENTS[name.suffix].findall(text)
    elif name.suffix in {".sh", ".yml", ".toml"} or name.name in {"Makefile", "Dockerfile"}:
        yield from _HASH_COMMENT.findall(text)


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
