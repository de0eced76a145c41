"""Heartbeat: asks for one address after a run that found all well, so that somebody else notices when it stops."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from autosync_tasks.errors import AutosyncError
from autosync_tasks.workspace.workspace import Site

_LAST = "heartbeat"
_LEAST = 60.0
"""Seconds between two, so that a watcher or a busy agent is no burden for the other side."""
_SECONDS = 10.0
"""Longest time for all of it, the look-up of the name included."""
_BYTES = 65_536
"""Most that is read of an answer; nothing is made of it."""


def beat(site: Site, now: float, may: Callable[[], bool] = lambda: True) -> str:
    """Asks for `heartbeat_url`, unless it was asked for within the last minute, or `may` (asked then) says no; "" or
    why that failed.

    now: seconds since the epoch. Nothing of this machine or its files is sent: no body, no query of ours, no cookie.
    """
    last = site.state.moment(_LAST)
    if (last is not None and 0 <= now - last < _LEAST) or not may():
        return ""
    if fault := ask(site.settings.heartbeat_url):
        return fault
    with suppress(AutosyncError):
        site.state.write(_LAST, f"{int(now)}\n".encode())  # never later than now
    return ""


def ask(url: str, seconds: float = _SECONDS) -> str:
    """Asks once, and follows no redirect; "" or why it failed. Only the host is named: whoever knows the rest of the
    address may speak for this machine. seconds: longest time."""
    import threading
    from urllib.parse import urlsplit

    answers: list[str] = []
    # A look-up of a name knows no time limit, and a limit of a socket is one for each piece: a thread is left behind.
    thread = threading.Thread(target=lambda: answers.append(_answer(url, seconds / 2)), daemon=True)
    thread.start()
    thread.join(seconds)
    fault = answers[0] if answers else f"no answer within {seconds:g} s"
    return f"heartbeat_url: {urlsplit(url).hostname}: {fault}" if fault else ""


def _answer(url: str, timeout: float) -> str:
    import http.client
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """Another address is another host's word: it is not gone to."""

        def redirect_request(self, *_: object) -> None:
            return None

    own = [] if url.startswith("https:") else [urllib.request.ProxyHandler({})]
    try:
        opener = urllib.request.build_opener(Stay, *own)
        request = urllib.request.Request(url, headers={"User-Agent": "autosync-tasks"})  # noqa: S310 (checked setting)
        with opener.open(request, timeout=timeout) as answer:
            answer.read(_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        moved = " (a redirect is not followed)" if 300 <= error.code < 400 else ""
        return f"it answered {error.code}{moved}"
    except urllib.error.URLError as error:
        return str(getattr(error.reason, "strerror", None) or error.reason)[:100].lower()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return str(getattr(error, "strerror", None) or type(error).__name__)[:100].lower()
    return ""
