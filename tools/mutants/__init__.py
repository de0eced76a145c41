"""Mutation testing of the pure rooms: what would the tests notice? See `__main__.py`."""
