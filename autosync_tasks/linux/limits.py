"""prlimit(2): what a child may write and hold, set from outside; elsewhere the child would have to set it by itself."""

from __future__ import annotations

from contextlib import suppress


def memory_limited(least: int) -> bool:
    """Whether this process, and so each that it starts, may have less than so many bytes of memory (`ulimit -v`)."""
    import resource

    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return any(limit != resource.RLIM_INFINITY and limit < least for limit in limits)


def limit(process: int, *, file: int, memory: int) -> None:
    """A process, by its number, may write no larger file, and hold no more data (bytes; 0 is no limit).

    Nothing if it has ended.
    """
    import resource

    for kind, most in ((resource.RLIMIT_FSIZE, file), (resource.RLIMIT_DATA, memory)):
        with suppress(ProcessLookupError):
            resource.prlimit(process, kind, *([(most, most)] if most else []))
