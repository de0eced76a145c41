"""The backup: the one place that speaks to git, and the only user of GitPython."""
