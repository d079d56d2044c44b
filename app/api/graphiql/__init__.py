"""GraphiQL, served from this service's own files: the page, its built assets and the example operations."""
