"""A strict reader of HTML: every element closed in order, no attribute or id twice, nothing executable."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SVG_EMPTY = {"path"}


class Strict(HTMLParser):
    """Raises AssertionError at the first fault; `shape` is the list of elements with their attribute names."""

    def __init__(self, form: str | None = None) -> None:
        super().__init__(convert_charrefs=True)
        self.form = form
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.shape: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []
        self.data_blocks: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG_EMPTY, f"<{tag}/> closes itself"
        self._see(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._see(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> inside <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.data_blocks.append(data)
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:40]!r}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"an unknown declaration: {data[:40]!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data[:40]!r}")

    def _see(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            assert given["id"] not in self.ids, f"the id {given['id']} stands twice"
            self.ids.add(given["id"])
        assert not [name for name in names if name.startswith("on") or name == "style"], names
        assert tag not in {"iframe", "object", "embed", "base", "style", "link-import"}, tag
        assert tag != "form" or (given.get("action"), given.get("method")) == (self.form, "post"), "a form"
        assert tag != "script" or given.get("type") == "application/ld+json", "a script"
        self.attributes += [(tag, name, value) for name, value in given.items()]
        self.elements.append((tag, given))
        self.shape.append((tag, tuple(sorted(names))))


def read(data: bytes, form: str | None = None) -> Strict:
    """Read one page strictly, whose only form may send to `form`; raises AssertionError at the first fault."""
    page = Strict(form)
    page.feed(data.decode())
    page.close()
    assert not page.open, f"left open: {page.open}"
    assert page.doctype.lower() == "doctype html"
    return page
