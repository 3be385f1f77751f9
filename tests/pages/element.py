"""An element of a page: which form, which label, which text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(eq=False)
class Element:
    """One element; its text is what it says, its descendants included, with single spaces."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    parent: Element | None = None
    _descendants: tuple[Element, ...] | None = None

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

    @property
    def words(self) -> str:
        """The text with a space at every tag, as cells and list entries are read one by one."""
        pieces = [child if isinstance(child, str) else child.words for child in self.children]
        return " ".join(" ".join(pieces).split())

    def walk(self) -> Iterator[Element]:
        """This element's descendants in the order of the page."""
        return iter(self._descendants) if self._descendants is not None else self._walk()

    def settle(self) -> None:
        """Remember the descendants, as nothing is added any more: a page is walked over and over."""
        self._descendants = tuple(self._walk())

    def _walk(self) -> Iterator[Element]:
        # Not by recursion: each level would cost every element a step.
        ahead = [self]
        while ahead:
            element = ahead.pop()
            if element is not self:
                yield element
            ahead.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def all(self, tag: str | None = None, where: Callable[[Element], bool] | None = None) -> list[Element]:
        return [e for e in self.walk() if (tag is None or e.tag == tag) and (where is None or where(e))]

    def with_id(self, wanted: str) -> Element | None:
        return next((element for element in self.walk() if element.get("id") == wanted), None)

    def inside(self, tag: str) -> Element | None:
        """The nearest ancestor with that tag."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above

    def is_like(self, other: Element | str) -> bool:
        """Whether another tree says the same in every tag, attribute, and text."""
        return (
            isinstance(other, Element)
            and (self.tag, self.attributes) == (other.tag, other.attributes)
            and len(self.children) == len(other.children)
            and all(
                ours == theirs if isinstance(ours, str) else ours.is_like(theirs)
                for ours, theirs in zip(self.children, other.children, strict=True)
            )
        )
