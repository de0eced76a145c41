"""One thing that a config tree needs and that is not on this machine."""

from __future__ import annotations

from autosync_tasks.records import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing. kind: file, login, variable, program, plugin, link or interpreter. wanted_by: what asks for it."""

    kind: str
    name: str
    remedy: str
    wanted_by: str = ""

    @property
    def words(self) -> str:
        """One line for a person."""
        by = f" ({self.wanted_by})" if self.wanted_by else ""
        return f"{self.kind} {self.name}{by}: {self.remedy}"

    @property
    def as_json(self) -> dict[str, str]:
        """The same for programs."""
        return {"kind": self.kind, "name": self.name, "wanted_by": self.wanted_by, "remedy": self.remedy}
