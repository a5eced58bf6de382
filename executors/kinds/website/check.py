"""What is wrong with a finished site, read from its bytes alone: links, titles, foreign requests, size."""

import posixpath
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from executors.parts.address import origin_of
from executors.protocol.finding import Finding

_LARGEST_PAGE = 300_000
_LARGEST_SITE = 30_000_000
# Attributes whose address the browser fetches by itself. A link that a person follows is no request.
_FETCHED = {"src", "poster", "data", "action", "formaction", "background", "xlink:href"}
_LINKED = {"a", "area"}
_NOT_FETCHED_RELS = {"canonical", "alternate", "author", "license", "me"}


class _Page(HTMLParser):
    """Collects what the checks ask for from one page."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.headings = 0
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.no_alt = 0
        self.forms: list[str] = []
        self.policy = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title" and not self.title
        self.headings += tag == "h1"
        self.ids.add(given.get("id", ""))
        self.no_alt += tag == "img" and "alt" not in given
        self.policy += given.get("content", "") if given.get("http-equiv") == "Content-Security-Policy" else ""
        if tag == "form":
            self.forms.append(given.pop("action", ""))
        if tag in _LINKED and "href" in given:
            self.links.append(given["href"])
        elif "href" in given and given.get("rel") not in _NOT_FETCHED_RELS:
            self.fetched.append(given["href"])
        self.fetched += [given[name] for name in _FETCHED & given.keys()]
        self.fetched += [each.split()[0] for each in given.get("srcset", "").split(",") if each.strip()]

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False


def check_site(files: Mapping[str, bytes]) -> list[Finding]:
    """Return a finding for everything that is wrong with the site whose files these are, by path."""
    pages = {path: _read(data) for path, data in files.items() if path.endswith(".html")}
    found = [finding for path in sorted(pages) for finding in _check_page(path, pages, files)]
    if "index.html" not in files:
        found.append(Finding(level="failure", code="no_home", message="The site has no index.html."))
    if (size := sum(map(len, files.values()))) > _LARGEST_SITE:
        found.append(Finding(level="warning", code="site_large", message=f"The site has {size} bytes; use less."))
    return found


def _read(data: bytes) -> _Page:
    """One page, read."""
    page = _Page()
    page.feed(data.decode())
    page.close()
    return page


def _check_page(path: str, pages: Mapping[str, _Page], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield what is wrong with one page."""
    page = pages[path]
    faults: list[tuple[str, str]] = []
    if not page.title:
        faults.append(("no_title", "The page has no title."))
    if page.headings != 1:
        faults.append(("headings", f"The page has {page.headings} first-level headings instead of one."))
    if page.no_alt:
        faults.append(("no_alt", f"{page.no_alt} images have no alternative text."))
    if len(files[path]) > _LARGEST_PAGE:
        faults.append(("page_large", f"The page has {len(files[path])} bytes; shorten it."))
    for address in page.fetched:
        if _is_foreign(address):
            faults.append(("foreign_request", f"The page fetches {address[:80]} from another host."))
        elif _target(path, address) not in files:
            faults.append(("broken_resource", f"The page fetches {address[:80]}, which does not exist."))
    faults += [
        ("foreign_form", f"A form sends to {address[:80]}, which the page's policy does not name.")
        for address in page.forms
        if not _is_named(address, page.policy)
    ]
    faults += [
        ("broken_link", f"The link {address[:80]} leads nowhere.")
        for address in page.links
        if not _leads_somewhere(path, address, pages, files)
    ]
    for code, message in faults:
        yield Finding(level="failure", code=code, message=message, path=path)


def _is_named(address: str, policy: str) -> bool:
    """Whether a form's address lies at an origin that the page's policy lets forms send to."""
    allowed = next((rule.split()[1:] for rule in policy.split(";") if rule.split()[:1] == ["form-action"]), [])
    place = origin_of(address)
    return place is not None and str(place) in allowed


def _is_foreign(address: str) -> bool:
    """Whether fetching the address asks another host, or is no plain path."""
    return "//" in address or ":" in address.split("/")[0]


def _target(path: str, address: str) -> str:
    """The file that an address means, seen from the page at `path`."""
    bare = address.split("#")[0].split("?")[0]
    if not bare:
        return path
    whole = bare.lstrip("/") if bare.startswith("/") else posixpath.join(posixpath.dirname(path), bare)
    folder = whole == "" or whole.endswith(("/", "/.", "/.."))
    name = posixpath.normpath(whole) if whole else "."
    return posixpath.normpath(posixpath.join(name, "index.html")) if folder or name == "." else name


def _leads_somewhere(path: str, address: str, pages: Mapping[str, _Page], files: Mapping[str, bytes]) -> bool:
    """Whether a link is an external one we may show, or an existing file with the anchor it names."""
    if address.startswith(("mailto:", "tel:", "https://")):
        return True
    if _is_foreign(address):
        return False
    target, anchor = _target(path, address), address.partition("#")[2]
    return target in files and (not anchor or anchor in (pages[target].ids if target in pages else ()))
