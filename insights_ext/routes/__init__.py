"""The REST door: parse, authorise, call, reply. Errors become HTTP in one place, `faults`."""
