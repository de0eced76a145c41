"""The collection of tasks, for `inv` inside a checkout. Everything is in autosync_tasks/cli."""

from autosync_tasks.cli.collection import collection
from autosync_tasks.report.stream import let_readers_go

let_readers_go()
namespace = collection()
