"""The collection of tasks, for `inv` inside a checkout. Everything is in autosync_tasks/tasks.py."""

from autosync_tasks.tasks import collection

namespace = collection()
