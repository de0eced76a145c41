"""Writes table and lists of docs/settings.md anew from the declarations: `python tools/settings_page.py`."""

from __future__ import annotations

from pathlib import Path

from autosync_tasks.config.settings import TABLE, Setting, Type
from autosync_tasks.config.values import allowed
from autosync_tasks.humanize import short_span

PAGE = Path(__file__).parents[1] / "docs/settings.md"
HEAD = "| setting | default | allowed | what it does |\n|---|---|---|---|\n"
END = "\n## Rules of your own\n"


def made() -> str:
    """Every setting, then the defaults that are lists of patterns."""
    lists = [(s.name, s.default) for s in TABLE.values() if s.type is Type.PATTERNS and isinstance(s.default, tuple)]
    items = (f"\n## Default of `{name}`\n\n" + " · ".join(f"`{one}`" for one in each) + "\n" for name, each in lists)
    return "".join(map(_row, TABLE.values())) + "".join(items)


def _row(setting: Setting) -> str:
    cells = (f"`{setting.name}`", _default(setting), allowed(setting).replace("|", r"\|"), setting.help)
    return "| " + " | ".join(cells) + " |\n"


def _default(setting: Setting) -> str:
    if setting.default is None:
        return "the agent's"
    if setting.type is Type.PATTERNS:
        return "below"
    if setting.unit == "seconds" and isinstance(setting.default, int):
        return f"`{short_span(setting.default)}`"
    if setting.default in ("", ()):
        return "none" if setting.default == () else "empty"
    return f"`{str(setting.default).lower()}`"


def page() -> str:
    """The page with these as they should be."""
    before, _, rest = PAGE.read_text("utf-8").partition(HEAD)
    return before + HEAD + made() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
