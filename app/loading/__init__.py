"""The loading bay: reads files, turns them into commands and jobs, and runs the verbs; decides nothing, speaks no SQL."""
