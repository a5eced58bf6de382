"""Probes of the pages: each answers with what was built, what is not there answers 404, the lists list what is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import partial
from html import unescape

from executors.executor import Answer, Reader
from executors.parts.address import quoted, web_of
from executors.parts.check import Check

MOST = 60
"""Pages that are asked for; a site of more is asked for its first ones, and the check says so."""
_PATIENCE = 2.0
_GIVEN_UP = 3
_LOC = re.compile(r"<loc>([^<]{1,2000})</loc>")
_TAKEN_BACK = "look at what the web server serves; what the run has done is taken back by the policy"


def of_built(base: str, files: Mapping[str, str], reader: Reader) -> Iterator[Check]:
    """Yield the probes of a site of which every file's SHA-256 is known."""
    pages = sorted(path for path in files if path.endswith(".html") and path != "404.html")
    pages.sort(key=lambda path: path != "index.html")
    yield _all("pages", base, {address(base, path): files[path] for path in pages}, reader)
    yield _all("lists", base, {address(base, path): files[path] for path in _LISTS if path in files}, reader)
    yield listed(base, files, reader)


_LISTS = ("robots.txt", "sitemap.xml")


def of_served(base: str, reader: Reader) -> Iterator[Check]:
    """Yield the probes of a site that another leg built: its own sitemap says which pages there are."""
    found = reader.ask(f"{base}sitemap.xml", _not_200, _PATIENCE)
    if found.wrong is not None or found.answer is None:
        yield Check("lists", f"{base}sitemap.xml", found.wrong or "no answer", "failure", _TAKEN_BACK)
        return
    paths = _paths(found.answer.body)
    yield _all("pages", base, dict.fromkeys((base, *(address(base, path) for path in paths)), ""), reader)


def not_there(base: str, reader: Reader) -> Check:
    """Whether what is not there answers 404, so that search engines forget it."""
    url = f"{base}surely-not-there-{hashlib.sha256(base.encode()).hexdigest()[:8]}"
    found = reader.ask(url, lambda one: None if one.status == 404 else f"answers {one.status}", _PATIENCE)
    if found.wrong is None:
        return Check("not-found", url, "answers 404")
    advice = "let the web server answer 404 for what is not there"
    return Check("not-found", url, f"{found.wrong} instead of 404", "warning", advice)


def listed(base: str, files: Mapping[str, str], reader: Reader) -> Check:
    """Whether the served sitemap lists pages that are there, and no others."""
    url = f"{base}sitemap.xml"
    found = reader.ask(url, _not_200, _PATIENCE)
    if found.wrong is not None or found.answer is None:
        return Check("sitemap", url, found.wrong or "no answer", "failure", _TAKEN_BACK)
    paths = _paths(found.answer.body)
    gone = [path for path in paths if (path or "index.html") not in files and f"{path}index.html" not in files]
    if gone:
        told = f"lists {', '.join(gone[:5])}, which the site does not have"
        return Check("sitemap", url, told, "failure", "report this: the template lists what it does not make")
    return Check("sitemap", url, f"lists {len(paths)} pages, all of them there")


def address(base: str, path: str) -> str:
    """Return the address of a file of the site; the home page's is the site's own."""
    return base if path in ("", "index.html") else f"{base}{quoted(path, kept='/%')}"


def _all(check: str, base: str, wanted: Mapping[str, str], reader: Reader) -> Check:
    """Ask for each address, and give up when several are wrong; "" as digest: whatever is answered with 200."""
    wrong, asked = list[str](), list(wanted.items())[:MOST]
    for url, sha256 in asked:
        found = reader.ask(url, partial(_wrong, sha256), _PATIENCE)
        if found.wrong is not None:
            wrong.append(f"{url}: {found.wrong}")
        if len(wrong) == _GIVEN_UP:
            break
    if wrong:
        return Check(check, base, "; ".join(wrong)[:2000], "failure", _TAKEN_BACK)
    left = f"; {len(wanted) - len(asked)} more were not asked for" if len(wanted) > len(asked) else ""
    known = " with what was built" if all(sha256 for _, sha256 in asked) else ""
    return Check(check, base, f"{len(asked)} of {len(wanted)} answer 200{known}{left}")


def _wrong(sha256: str, answer: Answer) -> str | None:
    if answer.status != 200:
        return f"answers {answer.status} instead of 200"
    if sha256 and hashlib.sha256(answer.body).hexdigest() != sha256:
        return "answers with something else than what was built"
    return None


def _not_200(answer: Answer) -> str | None:
    return _wrong("", answer)


def _paths(sitemap: bytes) -> list[str]:
    """Return the paths that a sitemap lists, without the slash before (https://www.sitemaps.org/protocol.html)."""
    found = (web_of(unescape(one.strip())) for one in _LOC.findall(sitemap.decode("utf-8", "replace")))
    return [one.path.lstrip("/") for one in found if one is not None]
