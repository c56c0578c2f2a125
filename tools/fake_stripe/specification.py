"""What the pinned version of the API allows, read from the Stripe library's own generated types.

Every service method in the library names its verb, its path and the type of its parameters. A
request is checked against that type to any depth. Enums, open for what Stripe may send, are
closed for what is sent to it.
"""

import ast
import importlib
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import stripe
import typing_extensions
from stripe import StripeContext

OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
"""Options of the library's calls that its parameter types inherit; they never belong in a body."""

NAMESPACE = {"Mapping": Mapping, "Decimal": Decimal, "StripeContext": StripeContext}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a request, and where."""

    code: str
    param: str
    message: str


@dataclass(frozen=True)
class Operation:
    """One thing the API can do."""

    method: str
    path: str
    module: str
    name: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the paths of this operation."""
        return re.compile(
            re.sub(r"\{\w+\}", "[^/]+", re.escape(self.path).replace(r"\{", "{").replace(r"\}", "}"))
        )

    def faults(self, parameters: Mapping[str, Any]) -> list[Fault]:
        """Everything wrong with the parameters of a request; empty when it is valid."""
        if not self.name:
            return [
                Fault("parameter_unknown", name, f"Received unknown parameter: {name}") for name in parameters
            ]
        shape = getattr(importlib.import_module(self.module), self.name)
        return list(_check_dict(parameters, shape, "", skip=OPTIONS))


class Specification:
    """All operations of the pinned version."""

    def __init__(self) -> None:
        found = [
            operation
            for path in sorted(Path(stripe.__file__).parent.rglob("*_service.py"))
            for operation in _operations(ast.parse(path.read_text(encoding="utf-8")))
        ]
        self.operations = sorted(found, key=lambda one: one.path.count("{"))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a request; a literal path goes before one with an id in it."""
        for one in self.operations:
            if one.method == method and one.pattern.fullmatch(path):
                return one
        return None


def _operations(module: ast.Module) -> Iterator[Operation]:
    homes = {
        alias.name: node.module or ""
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        name = _parameter_type(node)
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                if call.func.attr not in ("_request", "_request_stream"):
                    continue
                method, path = (_text(argument) for argument in call.args[:2])
                yield Operation(method.upper(), path, homes.get(name, ""), name)


def _parameter_type(function: ast.FunctionDef) -> str:
    for argument in [*function.args.posonlyargs, *function.args.args]:
        if argument.arg == "params" and argument.annotation is not None:
            names = [node.value for node in ast.walk(argument.annotation) if isinstance(node, ast.Constant)]
            return str(names[0])
    return ""


def _text(node: ast.expr) -> str:
    """The text of `"…"` or of `"…".format(…)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    assert isinstance(node, ast.Constant), ast.dump(node)  # noqa: S101 - the library changed its shape
    return str(node.value)


def _check_dict(
    given: Mapping[str, Any], shape: Any, where: str, skip: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    home = vars(importlib.import_module(shape.__module__))
    fields = typing_extensions.get_type_hints(shape, globalns={**NAMESPACE, **home})
    for name in fields:
        if name in shape.__required_keys__ and name not in given and name not in skip:
            place = _below(where, name)
            yield Fault("parameter_missing", place, f"Missing required param: {place}")
    for name, value in given.items():
        place = _below(where, name)
        if name not in fields or name in skip:
            yield Fault("parameter_unknown", place, f"Received unknown parameter: {place}")
        else:
            yield from _check(value, fields[name], place)


def _below(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _arms(shape: Any) -> list[Any]:
    """The alternatives of a type; the open end of an enum is left out."""
    if typing.get_origin(shape) in (typing.Union, types.UnionType):
        arms = [inner for arm in typing.get_args(shape) for inner in _arms(arm)]
        enum = any(typing.get_origin(arm) is typing.Literal for arm in arms if arm != typing.Literal[""])
        return [arm for arm in arms if not (enum and arm is str)]
    return [shape]


def _check(value: Any, shape: Any, where: str) -> Iterator[Fault]:
    arms = _arms(shape)
    if value == "" and (type(None) in arms or any("" in typing.get_args(arm) for arm in arms)):
        return  # how a nullable field is unset
    found: list[list[Fault]] = []
    for arm in arms:
        faults = list(_check_arm(value, arm, where))
        if not faults:
            return
        found.append(faults)
    # The alternative that got furthest tells best what is wrong.
    yield from max(found, key=lambda faults: max(fault.param.count("[") for fault in faults))


def _check_arm(value: Any, arm: Any, where: str) -> Iterator[Fault]:
    origin = typing.get_origin(arm)
    if typing_extensions.is_typeddict(arm):
        if isinstance(value, dict):
            yield from _check_dict(value, arm, where)
        else:
            yield Fault("parameter_invalid_empty", where, f"Invalid object: {where}")
    elif origin is list:
        yield from _check_list(value, typing.get_args(arm)[0], where)
    elif origin is dict or getattr(origin or arm, "__name__", "") == "UntypedStripeObject":
        yield from _check_map(value, where)
    elif origin is typing.Literal:
        allowed = [str(one).lower() if isinstance(one, bool) else one for one in typing.get_args(arm)]
        if value not in allowed:
            yield Fault(
                "parameter_invalid", where, f"Invalid {where}: must be one of {', '.join(allowed[:8])}"
            )
    elif arm is type(None) or not _is_leaf(value, arm):
        yield Fault("parameter_invalid", where, f"Invalid {getattr(arm, '__name__', arm)}: {where}")


def _check_list(value: Any, inner: Any, where: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault("parameter_invalid", where, f"Invalid array: {where}")
        return
    for index, item in enumerate(value):
        yield from _check(item, inner, f"{where}[{index}]")


def _check_map(value: Any, where: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault("parameter_invalid", where, f"Invalid hash: {where}")
        return
    for name, item in value.items():
        if not isinstance(item, str):
            yield Fault("parameter_invalid", f"{where}[{name}]", f"Invalid string: {where}[{name}]")


def _is_leaf(value: Any, kind: Any) -> bool:
    if not isinstance(value, str):
        return False
    if kind is int:
        return re.fullmatch(r"-?[0-9]+", value, re.ASCII) is not None
    if kind is bool:
        return value in ("true", "false")
    if kind in (float, Decimal):
        return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value, re.ASCII) is not None
    if kind in (str, Any):
        return True
    raise TypeError(f"the library has a parameter of a kind not thought of: {kind}")
