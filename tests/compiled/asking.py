"""Random operations that the schema allows: aliases, fragments, directives, variables, nulls, pages, filters, orders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

TEXTS = ("ACME", "Acme", "INV-000001", "CM-1", "ä", "😀", "", "100%_x", "GOODWILL")
DECIMALS = ("0.00", "5.00", "10", "-3.5", "100.000", "12.345")
DAYS = ("2026-01-01", "2026-06-30", "1999-12-31")
INSTANTS = ("2026-01-01T00:00:00Z", "2030-01-01T00:00:00.5+02:00")
NO_READING = {"audit", "viewer", "roles", "credentials", "credential", "grants", "accessChanges"}
"""Root fields whose answers differ from one request to the next, or ask for another permission."""
DEEPEST = 4


@dataclass(slots=True)
class Known:
    """What earlier answers told: ids and cursors, by the type of the document."""

    ids: list[str]
    cursors: dict[str, list[str]] = field(default_factory=dict)


LEFT_ALONE = frozenset(
    {
        "nodes",
        "entity",
        "viewer",
        "roles",
        "log",
        "trialBalance",
        "accountStatement",
        "aging",
        "creditMemoApplicationSums",
        "balanceTrail",
    }
)
"""Fields that only the executor knows: reports, what is not read from the books, and lists of anything."""


class Asking:
    """Writes one operation; `variables` go with it. It asks for no field whose name is among `without`."""

    def __init__(
        self, schema: GraphQLSchema, random: Random, known: Known, without: frozenset[str] = frozenset()
    ) -> None:
        self._schema, self._random, self._known, self._without = schema, random, known, without
        self._declared: dict[str, str] = {}
        self._fragments: list[str] = []
        self._names = 0
        self.variables: dict[str, Any] = {}

    def query(self) -> str:
        """A query of one root field or a few."""
        kind = self._schema.query_type
        assert kind is not None
        names = [name for name in kind.fields if name not in NO_READING and name not in self._without]
        roots = self._random.sample(names, self._random.choice((1, 1, 1, 2)))
        inner = " ".join(self._field(kind, name, kind.fields[name], 0) for name in roots)
        return self._written("query", inner)

    def payload(self, mutation: str, input: dict[str, Any]) -> str:
        """The mutation with a random selection of its success."""
        kind = self._schema.mutation_type
        assert kind is not None
        definition = kind.fields[mutation]
        union: Any = get_named_type(definition.type)
        success = next(each for each in union.types if each.name != "Rejection")
        self._declared["input"] = str(definition.args["input"].type)
        self.variables["input"] = input
        inner = f"{mutation}(input: $input) {{ ... on {success.name} {self._selection(success, 0)} }}"
        return self._written("mutation", inner)

    def _written(self, kind: str, inner: str) -> str:
        declared = ", ".join(f"${name}: {type}" for name, type in self._declared.items())
        head = f"{kind} ({declared})" if declared else kind
        return " ".join([f"{head} {{ {inner} }}", *self._fragments])

    def _chance(self, of: float) -> bool:
        return self._random.random() < of

    def _name(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    def _selection(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        leaves = [name for name, each in kind.fields.items() if not _is_composite(each.type)]
        edges = [
            name
            for name, each in kind.fields.items()
            if _is_composite(each.type) and name not in self._without
        ]
        chosen = self._random.sample(leaves, min(len(leaves), self._random.randint(1, 4))) if leaves else []
        if depth < DEEPEST and edges:
            chosen += self._random.choices(edges, k=self._random.randint(0 if leaves else 1, 2))
        elif not leaves:
            chosen = edges[:1] if depth < DEEPEST + 2 else ["__typename"]
        parts = [
            name if name == "__typename" else self._field(kind, name, kind.fields[name], depth)
            for name in chosen
        ]
        if self._chance(0.3):
            parts.append(self._random.choice(("__typename", "ofType: __typename")))
        self._random.shuffle(parts)
        return f"{{ {' '.join(self._wrapped(kind, each) for each in parts)} }}"

    def _wrapped(self, kind: Any, part: str) -> str:
        """The part, or a fragment with it."""
        if self._chance(0.85):
            return part
        if self._chance(0.5):
            return f"... {self._random.choice((f'on {kind.name}', ''))} {self._directive()} {{ {part} __typename }}"
        name = self._name("F")
        self._fragments.append(f"fragment {name} on {kind.name} {{ {part} }}")
        return f"...{name} {self._directive()}"

    def _directive(self) -> str:
        if self._chance(0.6):
            return ""
        name, value = self._random.choice(("include", "skip")), self._chance(0.5)
        if self._chance(0.5):
            return f"@{name}(if: {str(value).lower()})"
        return f"@{name}(if: {self._variable('Boolean!', value)})"

    def _variable(self, type: str, value: Any) -> str:
        name = self._name("v")
        self._declared[name] = type
        self.variables[name] = value
        return f"${name}"

    def _field(self, kind: Any, name: str, definition: GraphQLField, depth: int) -> str:
        arguments = self._arguments(name, definition)
        named: Any = get_named_type(definition.type)
        below = ""
        if _is_composite(definition.type):
            below = (
                self._abstract(depth)
                if isinstance(named, GraphQLInterfaceType)
                else self._selection(named, depth + 1)
            )
        # Of one name with other arguments, or a variable that only looks different, there can be one.
        alias = f"{self._name('a')}: " if arguments or self._chance(0.15) else ""
        directive = self._directive() if self._chance(0.1) else ""
        return f"{alias}{name}{arguments} {directive} {below}"

    def _abstract(self, depth: int) -> str:
        # Of two types, fields of one name might conflict.
        name = self._random.choice(("Invoice", "CreditMemo", "Account", "CreditMemoApplication"))
        return f"{{ __typename id ... on {name} {self._selection(self._object(name), depth + 1)} }}"

    def _object(self, name: str) -> GraphQLObjectType:
        found = self._schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        return found

    def _arguments(self, name: str, definition: GraphQLField) -> str:
        kind: Any = get_named_type(definition.type)
        given: list[str] = []
        if "first" in definition.args:
            given += self._page(kind.name.removesuffix("Connection"), definition)
        elif "by" in definition.args:
            given.append(f"by: {self._reference()}")
        elif "account" in definition.args:
            given.append(f"account: {self._reference()}")
        elif "id" in definition.args:
            given.append(f"id: {self._value('ID!', self._random.choice(self._known.ids))}")
        elif "ids" in definition.args:
            ids = self._random.choices(self._known.ids, k=self._random.randint(0, 5))
            given.append(f"ids: {self._variable('[ID!]!', ids)}")
        elif "groupBy" in definition.args:
            given.append("groupBy: [TYPE, CREDIT_MEMO]")
        return f"({', '.join(given)})" if given else ""

    def _reference(self) -> str:
        if self._chance(0.8):
            return f"{{id: {self._value('ID!', self._random.choice(self._known.ids))}}}"
        return f"{{number: {self._value('String!', self._random.choice(TEXTS))}}}"

    def _page(self, document: str, definition: GraphQLField) -> list[str]:
        given: list[str] = []
        if self._chance(0.8):
            size = self._random.choice((0, 1, 2, 3, 5, 250)) if self._chance(0.97) else 251
            sides = [each for each in ("first", "first", "last") if each in definition.args]
            side = self._random.choice(sides)
            given.append(f"{side}: {self._value('Int', size if self._chance(0.9) else None, size)}")
        cursors = self._known.cursors.get(document, [])
        if cursors and self._chance(0.3):
            ends = [each for each in ("after", "before") if each in definition.args]
            given.append(
                f"{self._random.choice(ends)}: {self._value('String', self._random.choice(cursors))}"
            )
        elif self._chance(0.02):
            given.append('after: "zz"')
        if "orderBy" in definition.args and self._chance(0.3):
            order: Any = get_named_type(definition.args["orderBy"].type)
            column: Any = get_named_type(order.fields["field"].type)
            way = self._random.choice(("ASC", "DESC"))
            given.append(f"orderBy: {{field: {self._random.choice(list(column.values))}, direction: {way}}}")
        if "filter" in definition.args and self._chance(0.3):
            kind: Any = get_named_type(definition.args["filter"].type)
            given.append(f"filter: {self._filter(kind, 0)}")
        return given

    def _filter(self, kind: GraphQLInputObjectType, depth: int) -> str:
        columns = [name for name in kind.fields if name not in ("and", "or", "not")]
        parts = [
            f"{name}: {self._comparison(kind.fields[name].type)}"
            for name in self._random.sample(columns, min(len(columns), self._random.randint(1, 2)))
        ]
        if depth < 2 and self._chance(0.3):
            inner = self._filter(kind, depth + 1)
            parts.append(self._random.choice((f"not: {inner}", f"and: [{inner}]", f"or: [{inner}, {inner}]")))
        return f"{{{', '.join(parts)}}}"

    def _comparison(self, kind: GraphQLInputType) -> str:
        operators: Any = get_named_type(kind)
        name = self._random.choice(list(operators.fields))
        wanted = operators.fields[name].type
        bare: Any = get_named_type(wanted)
        if is_list_type(wanted) or (is_non_null_type(wanted) and is_list_type(wanted.of_type)):
            values = [self._literal(bare) for _ in range(self._random.randint(0, 3))]
            return f"{{{name}: [{', '.join(values)}]}}"
        if not isinstance(bare, GraphQLEnumType) and self._chance(0.3):
            literal = self._literal(bare)
            value = {"true": True, "false": False}.get(literal, literal.strip('"'))
            return f"{{{name}: {self._variable(bare.name, int(literal) if bare.name == 'Int' else value)}}}"
        return f"{{{name}: {self._literal(bare)}}}"

    def _literal(self, kind: Any) -> str:
        if isinstance(kind, GraphQLEnumType):
            return str(self._random.choice(list(kind.values)))
        choices: dict[str, Sequence[Any]] = {
            "Boolean": ("true", "false"),
            "Int": ("0", "1", "3"),
            "Decimal": [f'"{each}"' for each in DECIMALS],
            "Date": [f'"{each}"' for each in DAYS],
            "DateTime": [f'"{each}"' for each in INSTANTS],
            "ID": [f'"{each}"' for each in self._known.ids],
            "CurrencyCode": ('"USD"', '"JPY"'),
        }
        return str(self._random.choice(choices.get(kind.name, [f'"{each}"' for each in TEXTS])))

    def _value(self, type: str, value: Any, written: Any = None) -> str:
        """As it is, or in a variable."""
        if self._chance(0.5) or value is None:
            return self._variable(type, value)
        found = value if written is None else written
        return f'"{found}"' if isinstance(found, str) else str(found)


def _is_composite(kind: GraphQLOutputType) -> bool:
    return is_composite_type(get_named_type(kind))
