"""What a sync with nothing to do says where no terminal listens, word for word as `lines.of_run` has it.

It loads nothing: such a sync is over before a report could be loaded (a test compares the two).
"""

from __future__ import annotations

import sys


def show(reason: str, source: str) -> None:
    """Writes it, and has it out. Raises UnicodeError if the locale has no letter for it, OSError."""
    sys.stdout.write(f"ok: {reason}\nsource={source} ok=1 changed=0 skipped=0 blocked=0 failed=0\n")
    sys.stdout.flush()
