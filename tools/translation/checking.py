"""Every catalog held against what there is to translate: what is missing, out of date, left over or broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contents import ROOT

from .catalogs import Catalog, read, updated
from .collecting import collected
from .faults import faults
from .messages import Message

FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What is to be done about one message: it is 'missing', 'fuzzy' or 'stale', or its translation has a 'fault'."""

    catalog: str
    kind: str
    text: str
    translation: str = ""
    what: str = ""

    def __str__(self) -> str:
        """Return a line for a list."""
        about = f" ({self.what})" if self.what else ""
        other = f"\n    -> {self.translation}" if self.translation else ""
        return f"{self.catalog}: {self.kind}{about}: {self.text}{other}"


def findings(names: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield what is to be done in every catalog, or in those whose name holds one of these."""
    for path, wanted in collected().items():
        name = path.relative_to(ROOT).as_posix()
        if not names or any(part in name for part in names):
            yield from findings_in(name, read(path), wanted)


def findings_in(name: str, catalog: Catalog, wanted: Sequence[Message]) -> Iterator[Finding]:
    """Yield what is to be done in one catalog."""
    texts = {message.text for message in wanted}
    yield from (Finding(name, "stale", text) for text in catalog if text not in texts)

    for entry in updated(catalog, wanted):
        if not entry.translation.strip():
            yield Finding(name, "missing", entry.text)
        elif entry.fuzzy:
            yield Finding(name, "fuzzy", entry.text, entry.translation)
        else:
            for what in faults(entry.kind, entry.text, entry.translation, entry.notes):
                yield Finding(name, FAULT, entry.text, entry.translation, what)
