"""Keeps a proven git backup of an OpenCode config tree current."""

__version__ = "0.1.0"
