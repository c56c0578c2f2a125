"""Reading rendered pages: elements with their attributes, and forms with their fields."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "use"})


@dataclass
class Element:
    """One start tag, with the tags around it and the words inside it."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...]
    words: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    @property
    def classes(self) -> list[str]:
        """Its class names."""
        return self.attributes.get("class", "").split()

    def inside(self, other: "Element") -> bool:
        """True when the other element is around this one."""
        return any(one is other for one in self.around)


@dataclass
class Page(HTMLParser):
    """A parsed page."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []

    @classmethod
    def of(cls, text: str) -> "Page":
        """The page of some HTML."""
        page = cls()
        page.feed(text)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        last = self._open.pop()
        assert last.tag == tag, f"</{tag}> closes <{last.tag}>"

        self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words += data

    def close(self) -> None:
        super().close()
        assert self._open == [], f"<{self._open[-1].tag}> is never closed"

    def all(self, *tags: str) -> list[Element]:
        """Elements of some tags, in order."""
        return [element for element in self.elements if element.tag in tags]

    def with_class(self, name: str) -> list[Element]:
        """Elements that carry a class."""
        return [element for element in self.elements if name in element.classes]

    def with_id(self, name: str) -> Element:
        """The element of an id."""
        (found,) = (element for element in self.elements if element.attributes.get("id") == name)
        return found

    def fields(self, form: Element) -> list[Element]:
        """What a form sends: its inputs and the buttons that have a name."""
        return [
            element
            for element in self.all("input", "select", "textarea", "button")
            if element.inside(form) and element.attributes.get("name")
        ]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Method and path of everything on the page that asks our service."""
        for element in self.elements:
            if element.tag == "a":
                yield "GET", element["href"]
            if element.tag == "form":
                yield element.attributes.get("method", "get").upper(), element["action"]
            for method in ("get", "post"):
                if f"hx-{method}" in element.attributes:
                    yield method.upper(), element[f"hx-{method}"]
