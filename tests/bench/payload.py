"""An `issues.labeled` webhook of 12.5 KB with the many addresses that GitHub puts into one."""

from __future__ import annotations

import json
from typing import Any

_REPOSITORY = (
    "forks keys{/key_id} collaborators{/collaborator} teams hooks issues/events{/number} events "
    "assignees{/user} branches{/branch} tags git/blobs{/sha} git/tags{/sha} git/refs{/sha} "
    "git/trees{/sha} statuses/{sha} languages stargazers contributors subscribers subscription "
    "commits{/sha} git/commits{/sha} comments{/number} issues/comments{/number} contents/{+path} "
    "compare/{base}...{head} merges {archive_format}{/ref} downloads issues{/number} pulls{/number} "
    "milestones{/number} notifications{?since,all} labels{/name} releases{/id}"
)
_USER = "followers following{/other_user} gists{/gist_id} starred{/owner}{/repo} subscriptions orgs repos received"


def _person(login: str, number: int) -> dict[str, Any]:
    base = f"https://api.github.com/users/{login}"
    urls = {f"{word.split('{')[0]}_url": f"{base}/{word}" for word in _USER.split()}
    return {"login": login, "id": number, "node_id": f"MDQ6VXNlcg{number}==", "type": "User", "url": base} | urls


def issues_labeled(size: int = 12_500) -> bytes:
    """The body as GitHub would send it; the issue's text fills it up to `size` bytes."""
    base = "https://api.github.com/repos/acme/website"
    owner, anna = _person("acme", 583231), _person("anna", 21031067)
    event: dict[str, Any] = {
        "action": "labeled",
        "issue": {
            "url": f"{base}/issues/1",
            "labels_url": f"{base}/issues/1/labels{{/name}}",
            "html_url": "https://github.com/acme/website/issues/1",
            "id": 444500041,
            "node_id": "MDU6SXNzdWU0NDQ1MDAwNDE=",
            "number": 1,
            "title": "Website for Acme Consulting GmbH",
            "user": anna,
            "labels": [{"id": 13629, "node_id": "MDU6TGFiZWwx", "name": "capability:business", "color": "d73a4a"}],
            "state": "open",
            "assignees": [anna],
            "created_at": "2026-05-15T15:20:18Z",
            "body": "",
        },
        "label": {"id": 13629, "url": f"{base}/labels/capability:business", "name": "capability:business"},
        "repository": {"id": 186853002, "full_name": "acme/website", "private": False, "owner": owner}
        | {f"{word.split('{')[0].replace('/', '_')}_url": f"{base}/{word}" for word in _REPOSITORY.split()},
        "sender": anna,
        "installation": {"id": 5, "node_id": "MDIzOkludGVncmF0aW9u"},
    }
    words = ["### Business name\n\nAcme Consulting GmbH\n\n"]
    missing = size - len(json.dumps(event))
    while sum(map(len, words)) < missing - 200:
        n = len(words)
        words.append(f"- service {n}: consulting number {n * 7919 % 9973} for {n * 104729 % 7877} customers\n")
    event["issue"]["body"] = "".join(words)
    return json.dumps(event).encode()
