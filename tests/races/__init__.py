"""Races between real server processes on one database: nothing over, nothing lost, whoever wins and whoever dies."""
