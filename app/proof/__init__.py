"""The eyes: read rows, write nothing, know no GraphQL."""
