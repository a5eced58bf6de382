"""GitHub's published descriptions: which requests it takes, and what its webhooks look like.

Sources: npm `@octokit/openapi` (OpenAPI 3.0.3 of api.github.com) and `@octokit/openapi-webhooks` (OpenAPI 3.1),
installed by `tests/contract/install.py` at the versions of package-lock.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PACKAGES = Path(__file__).parent / "node_modules" / "@octokit"


def needed(path: Path) -> Path:
    """The path, or the test is skipped loudly."""
    if not path.exists():
        pytest.skip(f"{path.name} is not installed: run `python tests/contract/install.py` (make test does)")
    return path


@dataclass(frozen=True)
class Template:
    """One path of the description with its operations."""

    pattern: re.Pattern[str]
    literal: int
    item: Mapping[str, Any]


@dataclass
class Description:
    """The REST description; `faults` says what is wrong with a request."""

    document: Mapping[str, Any]
    _resolved: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def templates(self) -> list[Template]:
        """Paths as patterns, the most literal first."""
        found = [self._template(path, item) for path, item in self.document["paths"].items()]
        return sorted(found, key=lambda template: -template.literal)

    @staticmethod
    def _template(path: str, item: Mapping[str, Any]) -> Template:
        many = {"{path}", "{ref}", "{basehead}"}
        parts = re.split(r"(\{[^}]+\})", path)
        pattern = "".join(
            ("(.+)" if part in many else "([^/]+)") if part.startswith("{") else re.escape(part) for part in parts
        )
        return Template(re.compile(f"^{pattern}$"), len(re.sub(r"\{[^}]+\}", "", path)), item)

    def resolve(self, value: Any) -> Any:
        """What a `$ref` points at."""
        while isinstance(value, Mapping) and "$ref" in value:
            target: Any = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        """The operation that a request means, None if GitHub has none."""
        for template in self.templates:
            if template.pattern.match(path) and method.lower() in template.item:
                found: Mapping[str, Any] = template.item[method.lower()]
                return found
        return None

    def faults(self, method: str, path: str, query: str, content_type: str, body: bytes) -> list[str]:
        """What GitHub's description says against the request; empty for one that fits."""
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path}: GitHub has no such operation"]
        found = self._query_faults(operation, query)
        if body and content_type == "application/json":
            found += self._body_faults(operation, json.loads(body))
        elif self._body_required(operation) and not body:
            found.append("the body is missing")
        return [f"{method} {path}: {fault}" for fault in found]

    def _query_faults(self, operation: Mapping[str, Any], query: str) -> list[str]:
        parameters = [self.resolve(p) for p in operation.get("parameters", [])]
        known = {p["name"]: self.resolve(p["schema"]) for p in parameters if p["in"] == "query"}
        required = {p["name"] for p in parameters if p["in"] == "query" and p.get("required")}
        given = dict(parse_qsl(query, keep_blank_values=True))
        faults = [f"unknown query parameter {name}" for name in given if name not in known]
        faults += [f"query parameter {name} is missing" for name in required - given.keys()]
        for name, text in given.items():
            schema = known.get(name, {})
            value: Any = int(text) if schema.get("type") == "integer" and text.isdigit() else text
            if schema.get("type") in ("integer", "string"):
                faults += [f"query {name}: {e.message}" for e in self._validator(schema).iter_errors(value)]
        return faults

    def _content(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        body = self.resolve(operation.get("requestBody", {}))
        found: Mapping[str, Any] = body.get("content", {})
        return found

    def _body_required(self, operation: Mapping[str, Any]) -> bool:
        body = self.resolve(operation.get("requestBody", {}))
        return bool(body.get("required")) and "application/json" in body.get("content", {})

    def _body_faults(self, operation: Mapping[str, Any], value: Any) -> list[str]:
        schema = self._content(operation).get("application/json", {}).get("schema")
        if schema is None:
            return ["no JSON body is described for it"]
        faults = [f"body {e.json_path}: {e.message[:200]}" for e in self._validator(schema).iter_errors(value)]
        described = self.resolve(schema)
        closed = "properties" in described and not {"anyOf", "oneOf", "allOf", "additionalProperties"} & set(
            described
        )
        if closed and isinstance(value, Mapping):
            faults += [
                f"body has the unknown field {name}" for name in value if name not in described["properties"]
            ]
        return faults

    def _validator(self, schema: Mapping[str, Any]) -> Any:
        whole = {**schema, "components": self.document["components"]}
        return OAS30Validator(whole)


@cache
def rest() -> Description:
    """The description of api.github.com."""
    path = needed(PACKAGES / "openapi" / "generated" / "api.github.com.json")
    return Description(json.loads(path.read_text("utf-8")))


@cache
def _webhook_document() -> Any:
    path = needed(PACKAGES / "openapi-webhooks" / "generated" / "api.github.com.json")
    return json.loads(path.read_text("utf-8"))


@cache
def _webhook_validator(name: str) -> Draft202012Validator | None:
    document = _webhook_document()
    entry = document["webhooks"].get(name)
    if entry is None:
        return None
    pointer = f"/webhooks/{name}/post/requestBody/content/application~1json/schema"
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:webhooks", resource)
    return Draft202012Validator({"$ref": f"urn:webhooks#{pointer}"}, registry=registry)


def webhook_faults(event: str, payload: Mapping[str, Any]) -> list[str]:
    """What GitHub's description says against a webhook's payload; empty for one that fits."""
    action = payload.get("action")
    name = f"{event}-{action}".replace("_", "-") if action else event.replace("_", "-")
    validator = _webhook_validator(name)
    if validator is None:
        return [f"{name}: GitHub sends no such webhook"]
    return [f"{name} {e.json_path}: {e.message[:200]}" for e in validator.iter_errors(payload)]


def webhook_names() -> list[str]:
    """Every webhook that is described."""
    return sorted(_webhook_document()["webhooks"])
