"""Values for a template's variables, checked against the rules in its `template.yaml`."""

import re
from collections.abc import Mapping
from typing import Any

from executors.render.manifest import Variable

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "float": (int, float),
    "boolean": (bool,),
    "color": (str,),
    "email": (str,),
    "url": (str,),
    "list": (list, tuple),
    "dict": (dict,),
}
_PATTERNS = {
    "color": re.compile(r"#[0-9a-f]{6}"),
    "email": re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    "url": re.compile(r"https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*)?"),
}


class WrongVariables(ValueError):
    """Values do not keep the template's rules; the message names every one."""


def check_variables(rules: Mapping[str, Variable], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with defaults filled in.

    Raises WrongVariables that names all faults: unknown, missing, of another type, too long or short, not
    matching the pattern.
    """
    faults = [f"{name}: the template has no such variable" for name in sorted(set(values) - set(rules))]
    filled: dict[str, Any] = {}
    for name, rule in rules.items():
        value = values.get(name)
        filled[name] = rule.default if value is None else value
        if fault := _fault(rule, filled[name]):
            faults.append(f"{name}: {fault}")
    if faults:
        raise WrongVariables("; ".join(faults))
    return filled


def _fault(rule: Variable, value: Any) -> str | None:
    """Return what is wrong with one value, None if nothing is."""
    if value is None:
        return "is required" if rule.required else None
    if not isinstance(value, _TYPES[rule.type]) or (isinstance(value, bool) and rule.type != "boolean"):
        return f"must be of type {rule.type}"
    if rule.type in _PATTERNS and not _PATTERNS[rule.type].fullmatch(str(value)):
        return f"is no {rule.type}"
    if isinstance(value, str | list | tuple | dict):
        if rule.min_length is not None and len(value) < rule.min_length:
            return f"needs a length of at least {rule.min_length}"
        if rule.max_length is not None and len(value) > rule.max_length:
            return f"may have a length of {rule.max_length}"
    if rule.pattern is not None and not re.fullmatch(rule.pattern, str(value)):
        return f"must match {rule.pattern}"
    return None
