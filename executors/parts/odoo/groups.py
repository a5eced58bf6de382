"""Groups by external id: which are there, and which come with modules that are still to be installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from executors.executor import OdooReader
from executors.parts.odoo.arrivals import Countries, arrivals
from executors.parts.odoo.modules import cleared
from executors.parts.odoo.server import Server
from executors.parts.odoo.shelf import module_rows, with_dependencies


@dataclass(frozen=True)
class Groups:
    """External id → id in the database, None where there is none; `coming` says with which module those come."""

    ids: Mapping[str, int | None]
    coming: Mapping[str, str]

    def of(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return the ids of these groups."""
        return {name: self.ids[name] for name in names}

    def refusals(self) -> Iterator[str]:
        """Yield which groups nobody has, and what to do."""
        for group, found in self.ids.items():
            if found is None and group not in self.coming:
                module = group.partition(".")[0]
                yield (
                    f"there is no group {group}: install {module} with this plan, or correct the group's name "
                    "(in developer mode Settings > Users & Companies > Groups shows it)"
                )


def look_at_groups(odoo: OdooReader, server: Server, wanted: Iterable[str], after: Sequence[str]) -> Groups:
    """Return the groups: one call each, and the modules too where one is missing and `after` may bring it."""
    ids = {group: odoo.reference(group) for group in sorted(set(wanted))}
    missing = [group for group, found in ids.items() if found is None]
    if not missing or not after:
        return Groups(ids, {})
    there = cleared(with_dependencies(odoo, server, module_rows(odoo, server)))
    arriving = arrivals([name for name in after if name in there], there, Countries())
    origin = {name: one.module for one in arriving for name in one.brings}
    return Groups(ids, {group: origin[of] for group in missing if (of := group.partition(".")[0]) in origin})
