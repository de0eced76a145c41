"""Root without its right to read and search what the modes forbid, as everybody else is."""

from __future__ import annotations

import ctypes
import os

_PR_CAPBSET_DROP = 24  # prctl(2): no program that is started later gets them back
_OVERRIDE = (1, 2)  # capabilities(7): CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_VERSION_3 = 0x20080522  # capget(2)


def without_override() -> None:
    """Takes the right from this process and from all that it starts; does nothing for anybody but root."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None)
    if any(libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 for capability in _OVERRIDE):
        os._exit(99)
    header, sets = (ctypes.c_uint32 * 2)(_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(header, sets) != 0:
        os._exit(99)
    for place in range(3):  # effective, permitted, inheritable
        sets[place] &= ~sum(1 << capability for capability in _OVERRIDE)
    if libc.capset(header, sets) != 0:
        os._exit(99)
