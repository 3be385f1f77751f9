"""A mail as Outlook for Windows shows it: without the CSS that Word's engine ignores.

Only what our mails use is imitated. Word reads `<style>` without `@media`, honors padding on table cells
only, knows neither `max-width` nor rounded corners nor `display`, and shows what is between `[if mso]` and
`[endif]`.
"""

from __future__ import annotations

import re

_FOR_WORD = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_STYLED = re.compile(r'<(\w+)\b([^>]*?) style="([^"]*)"')
_IGNORED_EVERYWHERE = {
    *("max-width", "min-width", "border-radius", "overflow-wrap", "word-break", "display", "color-scheme"),
    *("supported-color-schemes", "box-shadow", "background-image"),
}
_CELLS = {"td", "th"}


def as_word_shows(html: str) -> str:
    """`html` without what Word ignores, and with what is meant for Word alone."""
    html = _FOR_WORD.sub(r"\1", html)
    html = re.sub(r":root \{[^}]*\}", "", _MEDIA.sub("", html))
    return _STYLED.sub(lambda found: f'<{found[1]}{found[2]} style="{_kept(found[1], found[3])}"', html)


def _kept(tag: str, style: str) -> str:
    declarations = [each.strip() for each in style.split(";") if each.strip()]
    return ";".join(each for each in declarations if not _is_ignored(tag, each.partition(":")[0].strip()))


def _is_ignored(tag: str, name: str) -> bool:
    return name in _IGNORED_EVERYWHERE or (name.startswith("padding") and tag not in _CELLS)
