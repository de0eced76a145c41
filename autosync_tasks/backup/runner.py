"""GitPython's runner of processes, loaded when the first command needs it."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType

from autosync_tasks.errors import BackupError
from autosync_tasks.names import display


@cache
def gitpython() -> ModuleType:
    """GitPython's runner, without the rest of it and of gitdb: `import git` takes twice as long, and runs git."""
    import importlib.util

    packages = []
    try:
        for name in ("gitdb", "git"):
            found = importlib.util.find_spec(name)
            if found is None or not found.submodule_search_locations:
                raise ImportError(f"no module named {name!r}")
            if name not in sys.modules:
                packages.append(name)
                sys.modules[name] = importlib.util.module_from_spec(found)  # a package whose own code is not run
        return importlib.import_module("git.cmd")
    except ImportError as error:
        raise BackupError(
            f"GitPython cannot be used: {display(str(error)[:200])}", hint="install autosync-tasks anew"
        ) from None
    finally:
        for name in packages:
            del sys.modules[name]
