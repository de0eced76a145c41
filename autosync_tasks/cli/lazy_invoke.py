"""A light start: Invoke without three modules that it imports and these programs hardly ever touch.

Measured on one machine: importing Invoke took 209 ms, of which `importlib.metadata` (to learn its own version),
`unittest.mock` (for a test helper) and its vendored yaml (for settings files in YAML) were 135.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

_YAML = "invoke.vendor.yaml"


class _Later(types.ModuleType):
    """Stands for a module until something in it is asked for, then imports the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def load_invoke() -> None:
    """Imports Invoke; does nothing if that has happened already. The other modules stay as they were."""
    if "invoke" in sys.modules:
        return
    mock, metadata = types.ModuleType("unittest.mock"), types.ModuleType("importlib.metadata")
    vars(mock)["Mock"] = object
    vars(metadata)["version"] = lambda _: "not looked up"
    stands_in = {"unittest.mock": mock, "importlib.metadata": metadata}
    before = {name: sys.modules.get(name) for name in stands_in}
    attribute = vars(importlib).get("metadata")
    sys.modules.update(stands_in, **{_YAML: _Later(_YAML)})
    vars(importlib)["metadata"] = metadata
    try:
        importlib.import_module("invoke")
    finally:
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module
        del vars(importlib)["metadata"]
        if attribute is not None:
            vars(importlib)["metadata"] = attribute
