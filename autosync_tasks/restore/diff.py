"""What a restore would change in the contents, as text, with every line that holds a secret withheld."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.model import Kind
from autosync_tasks.names import display
from autosync_tasks.restore.plan import Put, RestorePlan
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.validation import hits
from autosync_tasks.validation.findings import Context
from autosync_tasks.validation.withheld import unified
from autosync_tasks.workspace.workspace import Site


def plan_differences(site: Site, plan: RestorePlan, target: str) -> Iterator[str]:
    """Lines of a unified diff from what stands in the target to what the plan makes of it. Writes nothing."""
    cache = os.path.join(site.state.home, "engine")
    context = Context(key=b"", engine_cache=cache if os.path.isdir(cache) else "")
    with Store(site.repository) as stored:
        for put in plan.puts:
            yield f"--- here/{display(put.path)}" if put.have else "--- nothing"
            yield f"+++ backup/{display(put.path)}"
            if put.have is not None and put.have.kind is put.want.kind and put.have.mode != put.want.mode:
                yield f"    mode {put.have.mode:o} becomes {put.want.mode:o}"
            if put.only_mode or put.want.kind is Kind.FOLDER:
                continue
            old = _standing(target, put)
            try:
                new = stored.read(put.want.id)
            except AbsentError as error:
                yield f"    {error}"
                continue
            yield from unified(old, new, partial(hits, put.path, context=context))
        for removal in plan.removals:
            yield f"--- here/{display(removal.path)}"
            yield "+++ nothing"


def _standing(target: str, put: Put) -> bytes:
    if put.have is None or not put.have.id:
        return b""
    with Below(target) as below:
        contents = below.contents(put.path)
    return contents[1] if contents else b""
