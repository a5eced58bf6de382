"""What GitHub Pages is given beside the site: no Jekyll, so that dotfiles stay, and the domain it answers for.

Sources: https://docs.github.com/en/pages/getting-started-with-github-pages/about-github-pages#static-site-generators
and https://docs.github.com/en/pages/configuring-a-custom-domain-for-your-github-pages-site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NO_JEKYLL, DOMAIN_FILE = ".nojekyll", "CNAME"
_ADDRESS = re.compile(r"https?://((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62})(?:/.*)?")


def published(files: Mapping[str, bytes], domain: str | None) -> dict[str, bytes]:
    """Return what the branch is to hold: the site's files and the two that Pages reads."""
    found = {**files, NO_JEKYLL: b""}
    if domain is not None:
        found[DOMAIN_FILE] = f"{domain}\n".encode()
    return found


def domain_of(url: str | None) -> str | None:
    """Return the domain of one's own that the address names; None for GitHub's own and for bare addresses."""
    found = _ADDRESS.fullmatch(url or "")
    if found is None or found[1].endswith(".github.io"):
        return None
    return found[1]
