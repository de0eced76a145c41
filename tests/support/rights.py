"""Root without its right to read and search what the modes forbid, as everybody else is: CI is often root."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_PR_CAPBSET_DROP = 24  # prctl(2): no program that is started later gets them back
_OVERRIDE = (1, 2)  # capabilities(7): CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_BITS = sum(1 << capability for capability in _OVERRIDE)
_HEADER = (0x20080522, 0)  # capget(2): version 3, this thread


def without_override() -> None:
    """Takes the right from this process and from all that it starts; does nothing for anybody but root."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None)
    if any(libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 for capability in _OVERRIDE):
        os._exit(99)
    try:
        sets = _sets()
        for place in range(3):  # effective, permitted, inheritable
            sets[place] &= ~_BITS
        _put(sets)
    except OSError:
        os._exit(99)


@contextmanager
def as_a_person() -> Iterator[None]:
    """Permission bits hold for this thread too, even if it is root's (its power to pass over them is laid down)."""
    if os.geteuid() != 0:
        yield
        return
    sets = _sets()
    before = sets[0]
    try:
        sets[0] = before & ~_BITS
        _put(sets)
        yield
    finally:
        sets[0] = before
        _put(sets)


def _sets() -> ctypes.Array[ctypes.c_uint32]:
    """Three words for the first 32 capabilities, three for the rest. Raises OSError."""
    sets = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capget((ctypes.c_uint32 * 2)(*_HEADER), sets) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    return sets


def _put(sets: ctypes.Array[ctypes.c_uint32]) -> None:
    if ctypes.CDLL(None, use_errno=True).capset((ctypes.c_uint32 * 2)(*_HEADER), sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
