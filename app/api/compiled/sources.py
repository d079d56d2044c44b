"""Where the rows of a selection come from: the columns that are asked for, and how each becomes a part of the answer."""

from collections.abc import Callable, Sequence
from typing import Any

from app.api.declarations import ColumnPlan, DocumentPlan, Kind
from app.domain.currencies import MINOR_DIGITS
from app.domain.money import QUANTITY_DIGITS, RATE_DIGITS, minor_to_text, scaled_to_text
from app.domain.record import Record
from app.repository.flat import as_json, as_sorted
from app.repository.rows import row_reader
from app.repository.virtual_columns import column_of, named


def _quantity(scaled: int) -> str:
    return scaled_to_text(scaled, QUANTITY_DIGITS, strip=True)


def _rate(scaled: int) -> str:
    return scaled_to_text(scaled, RATE_DIGITS, strip=True)


class Source:
    """Rows of one document type, read for one or several selections.

    They are the driver's own, with the columns that somebody `needs`; `whole` ones are SQLAlchemy's, with every column
    and its Python type, for functions that take a row. Both are read by place.
    """

    def __init__(self, plan: DocumentPlan, dialect: Any) -> None:
        self.plan = plan
        self.whole = False
        self.dialect = dialect
        self._places: dict[str, int] = {}
        self.row_of: Callable[[Record], Sequence[Any]] | None = None
        """A row of the record that is to be in the books, without reading it; None where a record does not have it all."""

    def need(self, *columns: str) -> None:
        """The columns will be read; to be said before the first `place`."""
        for each in columns:
            self._places.setdefault(each, len(self._places))

    def be_whole(self) -> None:
        self.whole = True

    def close(self) -> None:
        """Nothing more is needed: from now on every column has its place."""
        every = [str(each.key) for each in named(self.plan.table)]
        if self.whole:
            self._places = {name: place for place, name in enumerate(every)}
        elif not self._places:
            # Of a row of which only the type is asked, something must be read.
            self.need(every[0])
        self.row_of = None if self.whole else row_reader(self.plan.table, tuple(self._places), self.dialect)

    @property
    def columns(self) -> tuple[str, ...] | None:
        """What is to be selected; None for everything."""
        return None if self.whole else tuple(self._places)

    def place(self, column: str) -> int:
        return self._places[column]

    @property
    def row(self) -> str:
        """A row in generated Python: the names of its values, each in its place."""
        return "row" if self.whole else "".join(f"c{place}, " for place in self._places.values())

    def value(self, column: str) -> str:
        """The column's value in a `row`."""
        return f"row[{self.place(column)}]" if self.whole else f"c{self.place(column)}"

    def sorted_value(self, column: str, row: Sequence[Any]) -> Any:
        """What a cursor is made from, where the rows are sorted by the column."""
        value = row[self.place(column)]
        read = None if self.whole else as_sorted(column_of(self.plan.table, column), self.dialect)
        return value if read is None or value is None else read(value)

    def need_field(self, plan: ColumnPlan, name: str) -> None:
        self.need(plan.column or name)
        if plan.kind is Kind.AMOUNT:
            self.need("currency")

    def expression(self, plan: ColumnPlan, name: str, known: dict[str, Any]) -> str:
        """Python for the field's value in a row; what it calls is put into `known`."""
        column = column_of(self.plan.table, plan.column or name)
        value = self.value(plan.column or name)
        match plan.kind:
            case Kind.SOURCE:
                return f"({value} or None)"
            case Kind.AMOUNT:
                known |= {"amount": minor_to_text, "digits": MINOR_DIGITS}
                found = f"amount({value}, digits[{self.value('currency')}])"
            case Kind.QUANTITY:
                known["quantity"] = _quantity
                found = f"quantity({value})"
            case Kind.RATE:
                known["rate"] = _rate
                found = f"rate({value})"
            case Kind.PLAIN:
                convert = as_json(column, None if self.whole else self.dialect)
                if convert is None:
                    return value
                known[convert.__name__] = convert
                found = f"{convert.__name__}({value})"
        return f"(None if {value} is None else {found})" if getattr(column, "nullable", True) else found
