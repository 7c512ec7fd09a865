"""Checks calls of the Bot API against aiogram's models of its methods; runs in `.venv-aiogram`, imports nothing of ours.

A call a line in: `{"method": "sendMessage", "parameters": {"chat_id": "7", …}}`, values as they stand in the request's form.
A line out for each: the list of its problems. Names, types and required fields come from the models, lengths from their descriptions."""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import json
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Any, get_args

from aiogram import methods
from aiogram.methods.base import TelegramMethod
from aiogram.types.base import TelegramObject
from pydantic import BaseModel, ValidationError

METHODS = {m.__api_method__: m for m in vars(methods).values() if inspect.isclass(m) and issubclass(m, TelegramMethod) and m is not TelegramMethod}
LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
UP_TO = re.compile(r"[Aa]t most (\d+) \w+ can be specified")


def problems(method: str, parameters: dict[str, str]) -> list[str]:
    """Everything that the Bot API would refuse in a call; [] where it is good."""
    model = METHODS.get(method)
    if model is None:
        return [f"{method}: no such method"]
    unknown = [f"{method}: unknown parameter {name}" for name in parameters if name not in model.model_fields]
    try:
        call = model.model_validate({name: _decoded(model, name, value) for name, value in parameters.items() if name in model.model_fields})
    except (ValidationError, ValueError) as error:
        return [*unknown, *_told(method, error)]
    return unknown + list(_inside(call, method))


def _decoded(model: type[BaseModel], name: str, value: str) -> Any:
    """A form's value: texts stand as they are, all else is JSON."""
    annotation = model.model_fields[name].annotation
    return value if str in (annotation, *get_args(annotation)) else json.loads(value)


def _told(method: str, error: ValueError) -> list[str]:
    if isinstance(error, ValidationError):
        return [f"{method}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return [f"{method}: not JSON: {error}"]


def _inside(value: object, place: str) -> Iterator[str]:
    """The problems of a model and of all that it holds: unknown keys, and texts or lists that are too short or too long."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _inside(item, f"{place}[{number}]")
    if not isinstance(value, TelegramObject | TelegramMethod):
        return
    if isinstance(value, TelegramObject):
        yield from (f"{place}: unknown key {name}" for name in value.model_extra or {})
    told = _descriptions(type(value))
    for name in value.model_fields_set & set(type(value).model_fields):
        own = getattr(value, name)
        yield from _length(own, told.get(name, ""), f"{place}.{name}")
        yield from _inside(own, f"{place}.{name}")


def _length(value: object, description: str, place: str) -> Iterator[str]:
    if isinstance(value, str) and (match := LENGTH.search(description)):
        least, most, unit = int(match[1]), int(match[2]), match[3]
        length = len(value.encode()) if unit == "bytes" else len(value.encode("utf-16-le")) // 2
        if not least <= length <= most:
            yield f"{place}: {length} {unit}, expected {least}-{most}"
    if isinstance(value, list) and (match := UP_TO.search(description)) and len(value) > int(match[1]):
        yield f"{place}: {len(value)} items, expected at most {match[1]}"


@functools.cache
def _descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field in the model's source, its parents' included."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if cls.__module__.startswith(("aiogram.methods.", "aiogram.types.")) and "[" not in cls.__name__:  # TelegramMethod[…] has no source
            body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0].body  # type: ignore[attr-defined]
            for field, text in itertools.pairwise(body):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                    found[ast.unparse(field.target)] = str(text.value.value)
    return found


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(problems(**json.loads(line))), flush=True)
