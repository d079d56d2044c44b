"""Every argument of the schema with every value that somebody might send."""
