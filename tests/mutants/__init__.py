"""Mutants: the code is changed in small ways, one at a time, and some test must notice each."""
