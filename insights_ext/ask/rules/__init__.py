"""The embedded planner: deterministic, offline, honest."""
