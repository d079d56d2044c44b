"""Input types made from the domain's commands, and inputs turned back into commands.

A command's fields carry their descriptions and limits, so an argument is declared once, in the domain.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import strawberry
from strawberry import UNSET

from app.api.annotations import argument, list_of, maybe, once, optional
from app.api.scalars import CurrencyCode, JSONObject
from app.domain.commands import Command, Reference
from app.domain.commands.fields import ABSENT, Absent
from app.domain.reading import camel

C = TypeVar("C", bound=Command | Reference)

# One word in the schema, another in the code: the schema's is the field's.
_NAMES = {
    "AccountEntry": "AccountInput",
    "ApprovalLimitEntry": "ApprovalLimitInput",
    "InvoiceEntry": "InvoiceInput",
    "InvoiceLineEntry": "InvoiceLineInput",
    "OrderItemEntry": "OrderItemInput",
    "TaxItem": "TaxItemInput",
    "MemoLineEntry": "CreditMemoLineInput",
    "MemoLineChange": "CreditMemoLineChangeInput",
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
        is_patch = field.default is ABSENT
        if one_of:
            annotations[field.name] = maybe(_bare(kind))
        elif is_patch:
            annotations[field.name] = maybe(optional(_bare(kind)))
        else:
            annotations[field.name] = optional(_bare(kind)) if is_optional else kind
        more = {"default": UNSET} if is_optional and not (one_of or is_patch) else {}
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
    is_union = get_origin(hint) in (Union, types.UnionType)
    parts = [each for each in get_args(hint) if each is not type(None) and each != Absent]
    return parts[0] if is_union else hint


def command_of(given: Mapping[str, Any], command: type[C]) -> C:
    """The input, as graphql-core reads it, as a command: absent and null become the default, but null in a patch."""
    return _maker_of(command)(given)  # type: ignore[no-any-return]


@once
def _maker_of(kind: type[Any]) -> Callable[[Mapping[str, Any]], Any]:
    """A mapping by the schema's names -> the command or the part of one. KeyError for a name that it does not have."""
    hints = get_type_hints(kind)
    readings = {camel(each.name): (each.name, _reading_of(hints[each.name])) for each in fields(kind)}
    clearable = {camel(each.name): each.name for each in fields(kind) if each.default is ABSENT}

    def make(given: Mapping[str, Any]) -> Any:
        values = {}
        for name, value in given.items():
            if value is not None:
                field, read = readings[name]
                values[field] = value if read is None else read(value)
            elif name in clearable:
                values[clearable[name]] = None
        return kind(**values)

    return make


def _reading_of(hint: Any) -> Callable[[Any], Any] | None:
    """How a value that is there becomes a field's; None where it is that already."""
    hint = _bare(hint)
    if get_origin(hint) is list:
        read = _reading_of(get_args(hint)[0])
        # The same default of the schema would be in several commands.
        return list if read is None else lambda values: [read(each) for each in values]
    return _maker_of(cast(type[Any], hint)) if is_dataclass(hint) else None


def input_argument(command: type[Command]) -> Any:
    """The one argument of a mutation."""
    return argument(input_type(command), "What is asked for.")
