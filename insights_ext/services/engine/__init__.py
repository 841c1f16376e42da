"""Everything that runs inside a worker process: the only package that knows DuckDB."""
