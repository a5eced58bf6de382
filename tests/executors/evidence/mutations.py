"""Every way that we know to change a sealed pack: raw bytes, files in a right container, particulars of the ZIP.

A mutation gets the dice, the pack and the pack's files, and returns other bytes; the bytes of the pack itself mean
that it found nothing to change.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from executors.evidence.archive import write_zip
from templates.evidence.verify import TAMPERED, verify_pack

Files = dict[str, bytes]
Dice = random.Random


@dataclass(frozen=True)
class Sealed:
    """A sealed pack: its bytes, its files in their order, and the fingerprint of the key that sealed it."""

    data: bytes
    files: Files
    key: str

    @classmethod
    def of(cls, data: bytes, key: str) -> Sealed:
        """Return the pack in these bytes."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return cls(data, {name: archive.read(name) for name in archive.namelist()}, key)


@dataclass
class Tally:
    """How many mutations of each kind were tried and noticed; `escaped` names those that were not."""

    tried: Counter[str] = field(default_factory=Counter)
    escaped: list[str] = field(default_factory=list)


def attack(pack: Sealed, times: int, seed: str, folder: Path) -> Tally:
    """Verify so many mutations of the pack, each kind as often as the others, and return what came of it."""
    dice, tally, path = Dice(seed), Tally(), folder / "mutated.zip"
    kinds = list(MUTATIONS)
    while tally.tried.total() < times:
        kind = kinds[tally.tried.total() % len(kinds)]
        changed = MUTATIONS[kind](dice, pack)
        if changed == pack.data:
            continue
        tally.tried[kind] += 1
        path.write_bytes(changed)
        if verify_pack(path, pack.key).name != TAMPERED:
            kept = folder / f"escaped-{kind}-{len(tally.escaped)}.zip"
            path.rename(kept)
            tally.escaped.append(f"{kind} (seed {seed!r}): {kept}")
    return tally


def _place(dice: Dice, data: bytes) -> int:
    """Return a place in the data, of the head, the directory and the end as often as of all of it."""
    directory = data.rfind(b"PK\x01\x02", 0, len(data) - 22)
    return dice.choice(
        [dice.randrange(len(data)), dice.randrange(60), dice.randrange(directory, len(data)), len(data) - 1]
    )


def _bit(dice: Dice, pack: Sealed) -> bytes:
    at = _place(dice, pack.data)
    return pack.data[:at] + bytes([pack.data[at] ^ 1 << dice.randrange(8)]) + pack.data[at + 1 :]


def _bytes(dice: Dice, pack: Sealed) -> bytes:
    at, junk = _place(dice, pack.data), dice.randbytes(dice.randint(1, 40))
    return (pack.data[:at] + junk + pack.data[at + len(junk) :])[: len(pack.data)]


def _cut_out(dice: Dice, pack: Sealed) -> bytes:
    at = _place(dice, pack.data)
    return pack.data[:at] + pack.data[at + dice.randint(1, 200) :]


def _put_in(dice: Dice, pack: Sealed) -> bytes:
    at = _place(dice, pack.data)
    return pack.data[:at] + dice.randbytes(dice.randint(1, 200)) + pack.data[at:]


def _truncated(dice: Dice, pack: Sealed) -> bytes:
    return pack.data[: dice.choice([dice.randrange(len(pack.data)), len(pack.data) - dice.randint(1, 60)])]


def _longer(dice: Dice, pack: Sealed) -> bytes:
    junk = dice.choice([b"\0", b"\n", dice.randbytes(dice.randint(1, 99)), pack.data])
    return dice.choice([pack.data + junk, junk + pack.data])


def _moved(dice: Dice, pack: Sealed) -> bytes:
    a, b, c = sorted(dice.sample(range(len(pack.data)), 3))
    return pack.data[:a] + pack.data[b:c] + pack.data[a:b] + pack.data[c:]


def _container(files: Files, order: Sequence[str] | None = None) -> bytes:
    """Return a container that is right in itself, so that only content and order can betray the change."""
    return write_zip(files, list(files) if order is None else order)


def _in_place(files: Files) -> list[str]:
    heads = [name for name in ("manifest.json", "manifest.dsse.json") if name in files]
    return [*heads, *sorted(set(files) - set(heads))]


def _file_missing(dice: Dice, pack: Sealed) -> bytes:
    gone = set(dice.sample(list(pack.files), dice.randint(1, 3)))
    return _container({name: data for name, data in pack.files.items() if name not in gone})


def _file_more(dice: Dice, pack: Sealed) -> bytes:
    name = dice.choice(_NAMES)(dice, dice.choice(list(pack.files)))
    files = {name: dice.randbytes(dice.randrange(50)), **pack.files}
    return _container(files, _in_place(files))


def _file_renamed(dice: Dice, pack: Sealed) -> bytes:
    old = dice.choice(list(pack.files))
    new = dice.choice(_NAMES)(dice, old)
    files = {new if name == old else name: data for name, data in pack.files.items()}
    return _container(files, dice.choice([list(files), _in_place(files)]))


_NAMES: list[Callable[[Dice, str], str]] = [
    lambda _dice, old: old.swapcase(),
    lambda _dice, old: f"{old}.bak",
    lambda _dice, old: f"./{old}",
    lambda _dice, old: f"../{old}",
    lambda _dice, old: f"/{old}",
    lambda _dice, old: f"{old}/x",
    lambda _dice, old: f"steps/{old}",
    lambda _dice, old: old.replace("e", "\u0435", 1),
    lambda _dice, old: f"\ufeff{old}",
    lambda dice, _old: f"journals/{dice.randrange(10)}.jsonl",
    lambda dice, _old: f"extra{dice.randrange(1000)}.txt",
]


def _reordered(dice: Dice, pack: Sealed) -> bytes:
    order = list(pack.files)
    dice.shuffle(order)
    return _container(pack.files, order)


def _neighbours_swapped(dice: Dice, pack: Sealed) -> bytes:
    order, at = list(pack.files), dice.randrange(len(pack.files) - 1)
    order[at], order[at + 1] = order[at + 1], order[at]
    return _container(pack.files, order)


def _contents_swapped(dice: Dice, pack: Sealed) -> bytes:
    one, other = dice.sample(list(pack.files), 2)
    return _container(pack.files | {one: pack.files[other], other: pack.files[one]})


def _content(dice: Dice, pack: Sealed) -> bytes:
    """Change the content of one file, of the signature as often as of the others together."""
    name = dice.choice([dice.choice(list(pack.files)), "manifest.json", "manifest.dsse.json"])
    data = pack.files[name]
    at = dice.randrange(len(data))
    flipped = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    changed = dice.choice([flipped, data[:at], data + b"\n", b" " + data, data[:at] + b" " + data[at:], b""])
    return _container(pack.files | {name: changed})


def _respelled(dice: Dice, pack: Sealed) -> bytes:
    """Write the same JSON in another way, which a reader of values does not notice."""
    name = dice.choice([name for name in pack.files if name.endswith((".json", ".jsonl"))])
    data = pack.files[name]
    lines = data.decode().split("\n")
    at = dice.choice([number for number, line in enumerate(lines) if line])
    lines[at] = dice.choice(_SPELLINGS)(dice, lines[at])
    return _container(pack.files | {name: "\n".join(lines).encode()})


_SPELLINGS: list[Callable[[Dice, str], str]] = [
    lambda _dice, text: json.dumps(json.loads(text), ensure_ascii=False),
    lambda dice, text: json.dumps(json.loads(text), indent=dice.randrange(4), ensure_ascii=False).replace(
        "\n", ""
    ),
    lambda _dice, text: json.dumps(
        dict(reversed(json.loads(text).items())) if text[0] == "{" else json.loads(text)
    ),
    lambda dice, text: f"{text}{' ' * dice.randint(1, 4)}",
    lambda _dice, text: f"{text}\r",
    lambda _dice, text: text.replace('"p', '"\\u0070', 1),
    lambda _dice, text: text.replace("/", "\\/", 1),
    lambda _dice, text: text.replace('":', '":\t', 1),
]


def _written(pack: Sealed, change: Callable[[zipfile.ZipInfo], object], at: int, comment: bytes = b"") -> bytes:
    """Return the pack as Python's writer makes it with one entry's particulars changed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, data) in enumerate(pack.files.items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            if number == at:
                change(info)
            archive.writestr(info, data)
        archive.comment = comment
    return sink.getvalue()


def _particulars(dice: Dice, pack: Sealed) -> bytes:
    name, value = dice.choice(_PARTICULARS)(dice)
    return _written(pack, lambda info: setattr(info, name, value), dice.randrange(len(pack.files)))


_PARTICULARS: list[Callable[[Dice], tuple[str, object]]] = [
    lambda dice: ("comment", dice.randbytes(dice.randint(1, 30))),
    lambda dice: ("extra", b"\xfe\xca\x04\x00" + dice.randbytes(4)),
    lambda dice: ("extra", b"UT\x05\x00\x03" + dice.randbytes(4)),
    lambda dice: ("date_time", (dice.randint(1981, 2100), 5, 6, 7, 8, 10)),
    lambda dice: ("date_time", (1980, 1, 1, 0, 0, 2 * dice.randint(1, 29))),
    lambda dice: ("external_attr", (0o100000 | dice.choice([0o600, 0o755, 0o777, 0o4755, 0o666])) << 16),
    lambda dice: ("external_attr", 0o100644 << 16 | 1 << dice.randrange(16)),
    lambda dice: ("external_attr", dice.choice([0o120777, 0o040755, 0o020644, 0]) << 16),
    lambda dice: ("internal_attr", dice.randint(1, 0xFFFF)),
    lambda dice: ("create_system", dice.choice([0, 1, 2, 10, 19, 255])),
    lambda dice: ("create_version", dice.randint(21, 63)),
    lambda dice: ("extract_version", dice.choice([10, *range(21, 64)])),
    lambda dice: ("volume", dice.randint(1, 0xFFFF)),
    lambda dice: ("compress_type", dice.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])),
]  # fmt: skip


def _zip_comment(dice: Dice, pack: Sealed) -> bytes:
    return _written(pack, lambda _info: None, -1, dice.randbytes(dice.randint(1, 99)))


def _entry_twice(dice: Dice, pack: Sealed) -> bytes:
    """Put one entry in a second time, with its own content or another."""
    name = dice.choice(list(pack.files))
    twin = dice.choice([pack.files[name], b"", dice.randbytes(9)])
    stand_in = "~" * len(name.encode())
    files = {stand_in: twin, **pack.files} if dice.random() < 0.5 else {**pack.files, stand_in: twin}
    return _container(files).replace(stand_in.encode(), name.encode())


def _entry_hidden(dice: Dice, pack: Sealed) -> bytes:
    """Take one entry out of the directory and leave its bytes, which no reader lists."""
    name = dice.choice(list(pack.files))
    rest = {other: data for other, data in pack.files.items() if other != name}
    hidden = write_zip({name: pack.files[name]}, [])
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    return dice.choice([hidden + _container(rest), hidden + pack.data])


def _folder_more(dice: Dice, pack: Sealed) -> bytes:
    sink = io.BytesIO(pack.data)
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr(zipfile.ZipInfo(f"empty{dice.randrange(99)}/", (1980, 1, 1, 0, 0, 0)), b"")
    return sink.getvalue()


MUTATIONS: dict[str, Callable[[Dice, Sealed], bytes]] = {
    "bit flipped": _bit,
    "bytes replaced": _bytes,
    "bytes removed": _cut_out,
    "bytes added": _put_in,
    "truncated": _truncated,
    "something before or behind": _longer,
    "ranges moved": _moved,
    "file missing": _file_missing,
    "file added": _file_more,
    "file renamed": _file_renamed,
    "entries shuffled": _reordered,
    "neighbours swapped": _neighbours_swapped,
    "contents swapped": _contents_swapped,
    "content changed": _content,
    "JSON spelled differently": _respelled,
    "entry's particulars": _particulars,
    "comment of the ZIP": _zip_comment,
    "entry twice": _entry_twice,
    "entry hidden": _entry_hidden,
    "folder added": _folder_more,
}
"""Each kind of mutation by its name."""
