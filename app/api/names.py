"""The schema's spelling of names."""


def camel(name: str) -> str:
    """`expected_version` -> `expectedVersion`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
