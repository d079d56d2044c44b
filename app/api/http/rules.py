"""The rules by which a document is validated: the specification's, and those that are the service's own."""

from graphql import (
    ASTValidationRule,
    NoSchemaIntrospectionCustomRule,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    specified_rules,
)

from app.api.http.null_inputs import NeverNullRule

MOST_COMPARISONS = 20_000
"""How many steps the comparison of fields with the same name may take.

It is the one rule whose work grows with the square of the document. graphql-core allows 500,000 steps: a third of a
second for 4,000 characters. A document of clients stays below 1,000.
"""


class BoundedOverlapRule(OverlappingFieldsCanBeMergedRule):
    """The specification's rule on fields that must be merged, given up early."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MOST_COMPARISONS


def validation_rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    """All rules; without introspection a query for `__schema` or `__type` is invalid."""
    rules = [
        BoundedOverlapRule if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
    ]
    return (*rules, NeverNullRule, *(() if introspection else (NoSchemaIntrospectionCustomRule,)))
