"""The rows: the only place that speaks SQL."""
