"""The verbs: one file for each thing a caller can ask for; claim, facts, judge, decide, record."""
