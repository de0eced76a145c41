"""Thin effects: the source, the backup, the state folder."""
