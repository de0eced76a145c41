"""What is asked of the pipeline, as plain data; the one place where a run's time is read."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from autosync_tasks.model import Outcome, Run, Step, Trigger
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    now: seconds since the epoch, read once before the source is. push: push after this sync whatever the setting
    says. hint: what a hook said has changed; logged, never trusted. began: the monotonic clock at `now`, so that the
    end of a run is told in the same time as its beginning.
    """

    trigger: Trigger = Trigger.MANUAL
    check: bool = False
    ask: Ask = field(default_factory=Ask)
    now: float = 0.0
    run_id: str = ""
    push: bool = False
    hint: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def ended(self) -> float:
        """The time now, as this request counts it (seconds since the epoch)."""
        return self.now + time.monotonic() - self.began

    def run(self, outcome: Outcome, reason: str, steps: Sequence[Step] = (), *, exit_code: int = 0) -> Run:
        """The run that answers this request and ends now; what else is known of it comes by `replace`."""
        return Run(
            id=self.run_id,
            trigger=self.trigger,
            started=self.now,
            ended=self.ended,
            outcome=outcome,
            reason=reason,
            exit_code=exit_code,
            steps=tuple(steps),
            check=self.check,
        )


def new_request(
    trigger: Trigger = Trigger.MANUAL,
    *,
    check: bool = False,
    ask: Ask | None = None,
    push: bool = False,
    hint: str = "",
) -> Request:
    """A request as of this moment, with a fresh run id."""
    return Request(trigger, check, ask or Ask(), time.time(), os.urandom(6).hex(), push, hint)
