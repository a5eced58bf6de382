"""Asking the sandbox, with request and answer held against GitHub's published description."""

import json
from typing import Any

from openapi_schema_validator import OAS30Validator

from bot.sandbox.client import Client
from tests.contract.descriptions import rest

NULLS = {"$.state_reason", "$.commit.author", "$.commit.committer"}
"""Null on GitHub too, though the description's `nullable` beside a list of values does not let it through."""


async def held(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    """The answer's body, once the request is one that GitHub takes and the answer one that it gives."""
    answer = await client.ask(method, path, body)
    assert answer.status == status, answer.body
    description = rest()
    sent = b"" if body is None else json.dumps(body).encode()
    wrong = description.faults(method, path, "", "application/json", sent)
    assert not wrong, "\n".join(wrong)
    operation = description.operation(method, path)
    assert operation is not None
    responses = operation["responses"]
    assert str(status) in responses, f"{method} {path} never answers {status}"
    content = description.resolve(responses[str(status)]).get("content")
    if content is None:
        assert answer.body in (b"", None)
        return answer.body
    whole = {**content["application/json"]["schema"], "components": description.document["components"]}
    errors = [e for e in OAS30Validator(whole).iter_errors(answer.body) if e.instance or e.json_path not in NULLS]
    faults = [f"{error.json_path}: {error.message[:200]}" for error in errors]
    assert not faults, "\n".join(faults)
    return answer.body
