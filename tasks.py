"""The collection of tasks, for `inv` inside a checkout. Everything is in autosync_tasks/cli."""

from autosync_tasks.cli.collection import collection

namespace = collection()
