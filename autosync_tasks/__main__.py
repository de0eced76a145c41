"""`python -m autosync_tasks`: the same program as `autosync`."""

from autosync_tasks.cli.program import autosync

if __name__ == "__main__":
    autosync()
