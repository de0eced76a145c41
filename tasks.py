"""The collection of tasks, for `inv` inside a checkout. Everything is in autosync_tasks/cli."""

from autosync_tasks.cli.collection import collection
from autosync_tasks.cli.inv import help_task, tell_what_was_meant
from autosync_tasks.report.stream import let_readers_go

let_readers_go()
tell_what_was_meant()
namespace = collection()
namespace.add_task(help_task, default=True)
