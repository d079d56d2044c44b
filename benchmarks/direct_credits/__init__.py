"""B: direct full credits of many invoices, as a job of the service and as SQL that does the same writes."""
