"""Data classes and patterns that cost nothing until they are used: the same words as the standard library's.

The standard library writes and compiles six functions for each class as it is defined, and loads `inspect` to do so:
half of the start of a sync with nothing to do (30 ms of 60; a start defines some forty). Here a class gets its
`__init__` when it is worth it: writing one takes as long as making fifty objects without. The rest is shared. To the
standard library they are data classes as any: `dataclasses.fields`, `replace` and `asdict` take them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import asdict, dataclass, field, fields, replace
    from re import compile as pattern
else:
    import re
    from operator import attrgetter

    _NONE = object()
    _OWN = ("__dict__", "__weakref__")

    class _Field:
        __slots__ = ("default", "default_factory", "metadata", "name", "repr", "type")

        def __init__(self, *, default=_NONE, default_factory=_NONE, repr=True, metadata=None):
            self.default, self.default_factory, self.repr = default, default_factory, repr
            self.metadata = metadata or {}

        def usual(self):
            return self.default if self.default_factory is _NONE else self.default_factory()

    field = _Field

    def dataclass(cls=None, *, frozen=False, slots=False, kw_only=False):
        """As `dataclasses.dataclass`, for a class without a base and with annotations that are text."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, kw_only=kw_only)
        space = {name: value for name, value in vars(cls).items() if name not in _OWN}
        found = []
        for name, type_ in space.get("__annotations__", {}).items():
            given = space.pop(name, _NONE)
            one = given if isinstance(given, _Field) else _Field(default=given)
            one.name, one.type = name, type_
            found.append(one)
        names = tuple(one.name for one in found)
        if slots:
            space["__slots__"] = names
        elif defaults := {one.name: one.default for one in found if one.default is not _NONE}:
            space |= defaults
        space.setdefault("__repr__", _shown)
        space |= {
            "__record__": tuple(found),
            "__record_kind__": (frozen, kw_only),
            "__record_few__": iter(range(16)),
            "__record_values__": staticmethod(attrgetter(*names) if names else lambda _: ()),
            "__dataclass_fields__": _STANDARD,
            "__match_args__": () if kw_only else names,
            "__init__": _first,
            "__eq__": _equal,
            "__hash__": _hash if frozen else None,
        }
        if frozen:
            space |= {"__setattr__": _refuse, "__delattr__": _refuse}
        made = type(cls)(cls.__name__, cls.__bases__, space)
        made.__qualname__ = cls.__qualname__
        return made

    def _first(self, /, *args, **kwargs):
        """The `__init__` of a class of which few objects have been made; after them it writes the real one, which
        also tells what is wrong with a call."""
        cls = next(one for one in type(self).__mro__ if "__record__" in vars(one))
        frozen, kw_only = cls.__record_kind__
        given = dict(zip(() if kw_only else cls.__match_args__, args, strict=False))
        if len(given) == len(args) and given.keys().isdisjoint(kwargs) and next(cls.__record_few__, None) is not None:
            given |= kwargs
            values = [(one.name, given.pop(one.name) if one.name in given else one.usual()) for one in cls.__record__]
            if not given and all(value is not _NONE for _, value in values):
                for name, value in values:
                    object.__setattr__(self, name, value)
                return
        known, words, body = {"put": object.__setattr__, "NONE": _NONE}, ["self", *(["*"] if kw_only else [])], []
        for one in cls.__record__:
            name, value = one.name, one.name
            if one.default_factory is not _NONE:
                known[f"make_{name}"] = one.default_factory
                words.append(f"{name}=NONE")
                value = f"make_{name}() if {name} is NONE else {name}"
            elif one.default is not _NONE:
                known[f"default_{name}"] = one.default
                words.append(f"{name}=default_{name}")
            else:
                words.append(name)
            body.append(f"put(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        exec(f"def __init__({', '.join(words)}):\n " + "\n ".join(body or ["pass"]), known)  # noqa: S102
        cls.__init__ = known["__init__"]
        cls.__init__(self, *args, **kwargs)

    def _equal(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__record_values__(self) == self.__record_values__(other)

    def _hash(self):
        return hash(self.__record_values__(self))

    def _shown(self):
        parts = (f"{one.name}={getattr(self, one.name)!r}" for one in self.__record__ if one.repr)
        return f"{self.__class__.__qualname__}({', '.join(parts)})"

    def _refuse(self, name, *_):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot change field {name!r}")

    class _Standard:
        """What the standard library looks for in a data class, made when it does."""

        def __get__(self, _, cls):
            import dataclasses

            rows = []
            for one in cls.__record__:
                said = {name: getattr(one, name) for name in ("default", "default_factory")}
                given = {name: value for name, value in said.items() if value is not _NONE}
                rows.append((one.name, Any, dataclasses.field(**given, repr=one.repr, metadata=one.metadata)))
            kw_only = cls.__record_kind__[1]
            cls.__dataclass_fields__ = dataclasses.make_dataclass("_", rows, kw_only=kw_only).__dataclass_fields__
            return cls.__dataclass_fields__

    _STANDARD = _Standard()

    def fields(cls):
        """The fields of a class or of an object of it: name, default, metadata."""
        return cls.__record__

    def replace(record, /, **changes):
        """The same record with some values changed."""
        return record.__class__(**{one.name: getattr(record, one.name) for one in record.__record__} | changes)

    def asdict(record):
        """The values by name; records within, also in tuples, lists and dictionaries, as dictionaries too."""
        if hasattr(record, "__record__"):
            return {one.name: asdict(getattr(record, one.name)) for one in record.__record__}
        if isinstance(record, list | tuple):
            return type(record)(asdict(one) for one in record) if type(record) in (list, tuple) else record
        return {key: asdict(value) for key, value in record.items()} if isinstance(record, dict) else record

    class _Pattern:
        """A compiled pattern to be. Its methods become its own with the first use of each."""

        def __init__(self, regex, flags):
            self.__regex__ = (regex, flags)

        def __getattr__(self, name):
            found = getattr(re.compile(*self.__regex__), name)
            setattr(self, name, found)
            return found

    def pattern(regex, flags=0):
        """As `re.compile`, which is called when the pattern is first used: most are not in most runs."""
        return _Pattern(regex, flags)


__all__ = ["asdict", "dataclass", "field", "fields", "pattern", "replace"]
