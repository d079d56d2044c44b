"""The schema as a generated, typed client sees it."""
