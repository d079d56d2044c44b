"""Input types made from the domain's commands, and inputs turned back into commands.

A command's fields carry their descriptions and limits, so an argument is declared once, in the domain.
"""

import types
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import strawberry
from strawberry import UNSET

from app.api.annotations import argument, list_of, maybe, once, optional
from app.api.scalars import CurrencyCode, JSONObject
from app.domain.commands import Command, Reference

C = TypeVar("C", bound=Command)

# One word in the schema, another in the code: the schema's is the field's.
_NAMES = {
    "AccountEntry": "AccountInput",
    "ApprovalLimitEntry": "ApprovalLimitInput",
    "InvoiceEntry": "InvoiceInput",
    "InvoiceLineEntry": "InvoiceLineInput",
    "OrderItemEntry": "OrderItemInput",
    "TaxItem": "TaxItemInput",
    "MemoLineEntry": "CreditMemoLineInput",
    "InvoiceCreditEntry": "InvoiceLineCreditInput",
    "ApplicationEntry": "ApplicationInput",
    "LineApplicationEntry": "LineApplicationInput",
    "Integration": "IntegrationInput",
    "DirectCreditLineEntry": "DirectCreditLineInput",
    "DirectCreditMemoEntry": "DirectCreditMemoInput",
    "ExternalReference": "ExternalReferenceInput",
    "NumberSequenceEntry": "NumberSequenceInput",
    "ReasonCodeEntry": "ReasonCodeInput",
    "RoleEntry": "RoleInput",
    "TaxCallbackEntry": "TaxCallbackInput",
    "TaxRateEntry": "TaxRateInput",
    "TemplateEntry": "TemplateInput",
}


@once
def input_type(command: type[Any]) -> type[Any]:
    """The GraphQL input for a command or a part of one."""
    hints = get_type_hints(command)
    one_of = issubclass(command, Reference)
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__annotations__": annotations}
    for field in fields(command):
        kind = _input_kind(hints[field.name], field)
        is_optional = field.default is not MISSING
        if one_of:
            annotations[field.name] = maybe(_bare(kind))
        else:
            annotations[field.name] = optional(_bare(kind)) if is_optional else kind
        more = {"default": UNSET} if is_optional and not one_of else {}
        namespace[field.name] = strawberry.field(description=field.metadata["description"], **more)
    suffix = "" if one_of else "Input"
    name = _NAMES.get(command.__name__, command.__name__ + suffix)
    description = " ".join((command.__doc__ or "").split())
    made: type[Any] = strawberry.input(
        type(name, (), namespace), one_of=one_of or None, description=description
    )
    return made


def _input_kind(hint: Any, field: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return optional(_input_kind(_bare(hint), field))
    if get_origin(hint) is list:
        return list_of(_input_kind(get_args(hint)[0], field))
    if get_origin(hint) is dict:
        return JSONObject
    if hint is str and field.metadata["is_id"]:
        return strawberry.ID
    if hint is str and field.name == "currency":
        return CurrencyCode
    return input_type(cast(type[Any], hint)) if is_dataclass(hint) else hint


def _bare(hint: Any) -> Any:
    parts = [each for each in get_args(hint) if each is not type(None)]
    is_union = get_origin(hint) in (Union, types.UnionType)
    return parts[0] if is_union else hint


def command_of(given: Any, command: type[C]) -> C:
    """The input as a command: absent and null become the default."""
    return _value_of(given, command)  # type: ignore[no-any-return]


def _value_of(given: Any, hint: Any) -> Any:
    if isinstance(given, strawberry.Some):
        given = given.value
    if given is None or given is UNSET:
        return None
    hint = _bare(hint)
    if get_origin(hint) is list:
        [inner] = get_args(hint)
        return [_value_of(each, inner) for each in given]
    if not is_dataclass(hint):
        return given
    hints = _hints(hint)
    values = {
        field.name: value
        for field in fields(hint)
        if (value := _value_of(getattr(given, field.name), hints[field.name])) is not None
    }
    return hint(**values)  # type: ignore[operator]


@once
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def input_argument(command: type[Command]) -> Any:
    """The one argument of a mutation."""
    return argument(input_type(command), "What is asked for.")
