"""One value has one byte string: canonical JSON (RFC 8785) for hashing, with the strict reader it needs.

Two texts that people cannot tell apart must not have two digests, and one text must not be read in two ways
(T34). So strings and keys are NFC, numbers are integers that every JSON reader holds exactly, and what other
readers settle silently (duplicate keys, NaN, 1.0) is refused here.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn, TypeAlias

import rfc8785

from executors.errors import ProtocolError

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

INTEGER_LIMIT = 2**53 - 1
DEPTH_LIMIT = 20
SIZE_LIMIT = 8 * 1024 * 1024


def canonical(value: object) -> bytes:
    """Return the RFC 8785 bytes of `value`, its strings normalised to NFC.

    Dicts, lists, tuples, strings, booleans, None and integers within ±(2^53−1) are allowed, 20 levels deep.
    Raises ProtocolError for anything else, floats included: write a fraction as a decimal string.
    Source: https://www.rfc-editor.org/rfc/rfc8785
    """
    try:
        return rfc8785.dumps(_normal(value, 1))
    except ProtocolError:
        raise
    except ValueError as error:  # the library's own errors, and lone surrogates, are ValueErrors
        raise ProtocolError(f"canonical JSON: {error}") from error


def digest(value: object) -> str:
    """Return the SHA-256 of `canonical(value)` as 64 lower-case hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse(data: bytes | str, *, limit: int = SIZE_LIMIT) -> Any:
    """Return the value that strict JSON `data` of at most `limit` bytes (characters for a string) stands for.

    It is dict, list, str, int, bool or None; its shape is for the reader to check.

    Raises ProtocolError for what two readers might read differently or `canonical` could not write: duplicate
    keys (also after NFC), floats, NaN, big integers, lone surrogates, depth over 20, encodings but UTF-8.
    """
    if len(data) > limit:
        raise ProtocolError(f"JSON: {len(data)} bytes, more than the {limit} allowed")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value: JsonValue = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise ProtocolError(f"JSON: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ProtocolError(f"JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise ProtocolError(f"JSON: nested deeper than {DEPTH_LIMIT} levels") from error
    _check(value, 1)
    return value


def _normal(value: object, depth: int) -> JsonValue:
    """Return a copy with NFC strings; `depth` counts the containers around the value."""
    if isinstance(value, str):
        return _nfc(value)
    if value is None or isinstance(value, bool | int):
        return value
    if depth > DEPTH_LIMIT:
        raise ProtocolError(f"canonical JSON: nested deeper than {DEPTH_LIMIT} levels")
    if isinstance(value, list | tuple):
        return [_normal(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return _normal_object(value, depth)
    raise ProtocolError(f"canonical JSON: {type(value).__name__} has no canonical form")


def _normal_object(value: Mapping[object, object], depth: int) -> JsonValue:
    """Return the object with NFC keys; two keys that become one are refused, not merged."""
    result: dict[str, JsonValue] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ProtocolError(f"canonical JSON: the key {key!r} is not a string")
        name = _nfc(key)
        if name in result:
            raise ProtocolError(f"canonical JSON: two keys become {name!r} after NFC")
        result[name] = _normal(item, depth + 1)
    return result


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len({_nfc(key) for key in result}) != len(pairs):
        names = [_nfc(key) for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ProtocolError(f"JSON: the key {twice!r} occurs twice in one object")
    return result


def _integer(literal: str) -> int:
    # The length first: Python takes quadratic time over (or refuses) thousands of digits.
    if len(literal) > len(str(-INTEGER_LIMIT)) or abs(int(literal)) > INTEGER_LIMIT:
        raise ProtocolError(f"JSON: the integer {literal[:24]} is beyond ±(2^53−1)")
    return int(literal)


def _refuse_number(literal: str) -> NoReturn:
    raise ProtocolError(f"JSON: {literal[:24]} is no integer; fractions travel as decimal strings")


def _check(value: JsonValue, depth: int) -> None:
    """Refuse depth over the limit and strings that have no UTF-8 form."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list | dict):
        if depth > DEPTH_LIMIT:
            raise ProtocolError(f"JSON: nested deeper than {DEPTH_LIMIT} levels")
        if isinstance(value, dict):
            _check_text("".join(value))
        for item in value.values() if isinstance(value, dict) else value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    if not text.isascii() and _SURROGATE.search(text):
        raise ProtocolError("JSON: a string holds a lone surrogate")


_SURROGATE = re.compile("[\ud800-\udfff]")

_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_refuse_number, parse_int=_integer, parse_constant=_refuse_number
)
