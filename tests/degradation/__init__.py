"""Too many requests, a database that is away, a signal to stop: clean answers, no half effects, recovery by itself."""
