"""What the tests stand on: a real PostgreSQL server and real processes, each ended with the test session."""
