"""Jobs: every item exactly once, whatever happens to the workers."""
