"""Frozen dataclasses from parsed TOML or JSON, every entry checked against the annotations. No files are read here."""

import types
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from core.errors import InputError


def from_document(
    kind: type[Any], values: dict[str, Any], where: str, error: type[InputError] = InputError
) -> Any:
    """A dataclass from a table; what the table leaves out takes its default.

    Args:
        kind: a dataclass whose fields are numbers, strings, dataclasses, or tuples, dictionaries and optional ones
            of these.
        where: the file's name for messages.
        error: what is raised.

    Raises:
        InputError: an unknown or missing entry, or a value of the wrong kind, by name.
    """
    hints = get_type_hints(kind)
    unknown = set(values) - set(hints)
    if unknown:
        raise error(f"{where}: unknown entry {sorted(unknown)[0]!r}; expected one of {', '.join(hints)}.")
    missing = [
        field.name
        for field in fields(kind)
        if field.name not in values and field.default is MISSING and field.default_factory is MISSING
    ]
    if missing:
        raise error(f"{where}: an entry is missing ({', '.join(missing)}).")
    return kind(
        **{name: _convert(hints[name], value, f"{where}: {name}", error) for name, value in values.items()}
    )


def _convert(hint: Any, value: Any, where: str, error: type[InputError]) -> Any:
    if hint is Any:
        return value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return _convert_union(arguments, value, where, error)
    if is_dataclass(hint):
        table = _expect(value, dict, "a table", where, error)
        return from_document(cast("type[Any]", hint), table, where, error)
    if origin is tuple:
        items = cast("list[Any]", _expect(value, (list, tuple), "a list", where, error))
        if arguments[-1] is not Ellipsis and len(items) != len(arguments):
            raise error(f"{where}: expected {len(arguments)} values, found {len(items)}.")
        kinds = [arguments[0]] * len(items) if arguments[-1] is Ellipsis else arguments
        return tuple(_convert(kind, item, where, error) for kind, item in zip(kinds, items, strict=True))
    if origin is dict:
        table = cast("dict[str, Any]", _expect(value, dict, "a table", where, error))
        return {name: _convert(arguments[1], item, f"{where}: {name}", error) for name, item in table.items()}
    if origin is Literal:
        if value not in arguments:
            raise error(f"{where}: expected one of {', '.join(map(str, arguments))}, found {value!r}.")
        return value
    return _convert_plain((hint,), value, where, error)


def _convert_union(arguments: tuple[Any, ...], value: Any, where: str, error: type[InputError]) -> Any:
    if value is None and type(None) in arguments:
        return None
    others = [kind for kind in arguments if kind is not type(None)]
    if len(others) == 1 and (get_origin(others[0]) is not None or is_dataclass(others[0])):
        return _convert(others[0], value, where, error)
    return _convert_plain(arguments, value, where, error)


def _convert_plain(kinds: tuple[Any, ...], value: Any, where: str, error: type[InputError]) -> Any:
    if float in kinds and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) not in kinds:
        names = " or ".join(kind.__name__ for kind in kinds)
        raise error(f"{where}: expected {names}, found {value!r}.")
    return value


def _expect(value: Any, kind: Any, words: str, where: str, error: type[InputError]) -> Any:
    if not isinstance(value, kind):
        raise error(f"{where}: expected {words}, found {value!r}.")
    return value
