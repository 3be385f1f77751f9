"""The style sheet's own rules: values have names, and the names are defined in one layer."""

import re
from pathlib import Path

from tests.architecture.repository import ROOT, files

CSS = Path("static/css")
# Media queries cannot read custom properties, so these are the widths at which the layout may change.
BREAKPOINTS = {"560px", "640px", "960px", "961px", "1080px", "1140px"}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MEDIA = re.compile(r"@media [^{]*")
# Units relative to the text, the window or the space, such as em, % or fr, are not sizes of the design.
LENGTHS = re.compile(r"(?<![\w.-])-?\d*\.?\d+(?:px|rem|pt|cm|mm|in|pc|q)\b", re.IGNORECASE)
COLORS = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|light-dark)\(|(?<![\w-])(?:white|black|gr[ae]y|red|green|blue)(?![\w-])",
    re.IGNORECASE,
)
SHADOWS = re.compile(
    r"(?:box-shadow|text-shadow|filter):(?!\s*(?:none|var\(--|blur\(var\())[^;]+|drop-shadow\("
)
RULES, FIRST_CLASS = re.compile(r"([^{}@;]+)\{"), re.compile(r"\.([a-z][\w-]*)(?=$|[\s>:+~])")
USES, NAMES = re.compile(r"var\((--[\w-]+)"), re.compile(r"^\s*(--[\w-]+):", re.MULTILINE)


def test_colors_sizes_and_shadows_have_names() -> None:
    found = []
    for name, rules in _sheets():
        if name.parent.name == "tokens":
            continue
        for media in MEDIA.findall(rules):
            found += [
                f"{name}: {size} in {media}" for size in LENGTHS.findall(media) if size not in BREAKPOINTS
            ]
        outside = MEDIA.sub("", rules)
        for kind in (LENGTHS, COLORS, SHADOWS):
            found += [f"{name}: {match.group()}" for match in kind.finditer(outside)]
    assert found == []


def test_every_name_that_is_used_exists_and_every_token_is_used() -> None:
    used = {use for _, rules in _sheets() for use in USES.findall(rules)}
    named = {name for _, rules in _sheets() for name in NAMES.findall(rules)}
    tokens = {
        token for name, rules in _sheets() if name.parent.name == "tokens" for token in NAMES.findall(rules)
    }
    assert used - named == set()
    assert tokens - used == set()


def test_no_class_has_rules_of_two_pages() -> None:
    """All files become one style sheet: a rule meant for one page would change the other as well."""
    files_of: dict[str, set[str]] = {}
    for name, rules in _sheets():
        if name.parent.name == "pages":
            for rule in RULES.findall(rules):
                for css_class in filter(None, (FIRST_CLASS.match(one.strip()) for one in rule.split(","))):
                    files_of.setdefault(css_class.group(1), set()).add(name.name)
    assert {css_class: names for css_class, names in files_of.items() if len(names) > 1} == {}


def test_each_font_file_is_a_family_of_its_own() -> None:
    """A second file in the same family, even one that is not needed, doubled the time of a page's layout."""
    faces = re.findall(
        r"@font-face \{\s*font-family: ([^;]+);", (ROOT / CSS / "base" / "fonts.css").read_text()
    )
    assert len(faces) == len(set(faces)) >= 2
    order = re.search(r"--font: ([^;]+);", (ROOT / CSS / "tokens" / "type.css").read_text())
    assert order is not None
    assert order.group(1).split(", ")[: len(faces)] == faces


def test_days_of_another_month_are_muted_in_both_themes() -> None:
    colors = (ROOT / CSS / "tokens" / "colors.css").read_text()

    def brightness(token: str) -> list[int]:
        [pair] = re.findall(rf"{token}: light-dark\(#(\w{{6}}), #(\w{{6}})\)", colors)
        return [sum(bytes.fromhex(color)) for color in pair]

    light, dark = zip(brightness("--surface-other"), brightness("--surface"), strict=True)
    assert light[0] < light[1]
    assert dark[0] < dark[1]


def test_every_file_belongs_to_a_layer_and_says_what_it_holds() -> None:
    layers = {name.relative_to(CSS).parts[0] for name, _ in _sheets()}
    # `single/` has a folder for each page with a style sheet of its own.
    assert layers == {"reset", "tokens", "base", "components", "pages", "single"}
    for name in (name for name in files() if name.is_relative_to(CSS)):
        parts = name.relative_to(CSS).parts
        assert len(parts) == (3 if parts[0] == "single" else 2), name
        text = (ROOT / name).read_text()
        assert text.startswith("/* "), name
        assert "@layer" not in text, name
        assert "@import" not in text, name


def test_every_class_that_is_styled_is_used() -> None:
    places = [name for name in files() if name.suffix in (".html", ".py", ".js") and name.parts[0] != "tests"]
    words = set(re.findall(r"[\w-]+", " ".join((ROOT / name).read_text() for name in places)))
    made_of_parts = ("is-", "tone-", "choices-", "of-")
    unused = []
    for name, rules in _sheets():
        selectors = re.sub(r"\{[^{}]*\}", " ", rules)
        for used in re.findall(r"\.(-?[a-z][\w-]*)", selectors):
            if used not in words and not used.startswith((*made_of_parts, "htmx-")):
                unused.append(f"{name}: .{used}")
    assert unused == []


def _sheets() -> list[tuple[Path, str]]:
    return [
        (name, COMMENT.sub("", (ROOT / name).read_text()))
        for name in files()
        if name.is_relative_to(CSS) and name.suffix == ".css"
    ]
