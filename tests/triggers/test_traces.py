"""The quick look for what is installed looks where it would be."""

from __future__ import annotations

from autosync_tasks.triggers import hook, systemd, units
from autosync_tasks.triggers.traces import places


def test_it_looks_where_plugin_and_units_are_put() -> None:
    for environ in ({"HOME": "/h"}, {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, {"HOME": "/h", "XDG_CONFIG_HOME": "odd"}):
        folder = systemd.folder(environ)
        wanted = {hook.path_for("global", environ, "."), f"{folder}/{units.TIMER}", f"{folder}/{units.WATCH}"}
        assert set(places(environ)) == wanted
