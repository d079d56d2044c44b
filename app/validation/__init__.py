"""The rules, shared by every door: pure functions `violations_of_<verb>(command, facts)`, most basic reason first."""
