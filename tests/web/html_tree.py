"""HTML as a tree that tests can ask: which form, which label, what stands beside a field."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


@dataclass(eq=False)
class Element:
    """One element; its text is what stands in it, in its descendants too, with single spaces."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    parent: "Element | None" = None

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    @property
    def raw_text(self) -> str:
        return "".join(child if isinstance(child, str) else child.raw_text for child in self.children)

    @property
    def text(self) -> str:
        return " ".join(self.raw_text.split())

    def walk(self) -> Iterator["Element"]:
        """This element's descendants in the order of the page."""
        # Not by recursion: pages are walked over and over, and each level would cost every element a step.
        ahead = [self]
        while ahead:
            element = ahead.pop()
            if element is not self:
                yield element
            ahead.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def all(
        self, tag: str | None = None, where: Callable[["Element"], bool] | None = None
    ) -> list["Element"]:
        return [e for e in self.walk() if (tag is None or e.tag == tag) and (where is None or where(e))]

    def with_id(self, wanted: str) -> "Element | None":
        return next((element for element in self.walk() if element.get("id") == wanted), None)

    def inside(self, tag: str) -> "Element | None":
        """The nearest ancestor with that tag."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document")
        self._here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, parent=self._here)
        self._here.children.append(element)
        if tag not in _VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        # A stray end tag would silently shift everything after it, so nesting has to be exact.
        assert self._here.tag == tag, f"</{tag}> closes <{self._here.tag}>"
        assert self._here.parent is not None
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)


def parse(html: str) -> Element:
    """The document; AssertionError when an element is closed that is not the open one."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder._here is builder.root, f"<{builder._here.tag}> is never closed"
    return builder.root
