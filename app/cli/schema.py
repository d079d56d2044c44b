"""schema: what the API offers, as text."""


def schema() -> None:
    """Print the GraphQL schema (SDL), in the order in which schema.graphql keeps it."""
    from app.api.schema import sdl

    print(sdl().rstrip("\n"))
