"""What a person can do about a path that is left out."""

from __future__ import annotations

from autosync_tasks.model import LeftOut
from autosync_tasks.names import display


def way_in(left: LeftOut) -> str:
    """What to do so that this path is not left out any more; "" if it is left out by rule."""
    if left.expected:
        return ""
    from autosync_tasks.validation.names_and_modes import TO_DO  # only where something is left out

    words = TO_DO[left.why]
    return f"{display(left.path) or 'the folder itself'}: {words[0].lower()}{words[1:].rstrip('.')}"
