"""DuckDB's dialect without translation: a call stays the call that was written, name and arguments.

sqlglot turns functions of one engine into those of another. A guard wants the opposite: the name it
checks must be the name that runs. So function calls are left as they are (`exp.Anonymous`), JSON paths
stay the strings they were, and clauses that the stock printer drops or rewrites are printed.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import TokenType, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.parsers.duckdb import DuckDBParser

_SPECIAL_CALLS = ("CAST", "EXTRACT", "OVERLAY", "POSITION", "SUBSTRING", "TRIM", "TRY_CAST")
"""Calls whose arguments are separated by words, such as ``trim(LEADING 'x' FROM y)``."""


class PlainParser(DuckDBParser):
    """Parses DuckDB's SQL and keeps function calls as written."""

    FUNCTIONS = {"COLUMNS": exp.Columns.from_arg_list}
    FUNCTIONS_WITH_ALIASED_ARGS: ClassVar[set[str]] = set()
    FUNCTION_PARSERS = {name: DuckDBParser.FUNCTION_PARSERS[name] for name in _SPECIAL_CALLS}
    NO_PAREN_FUNCTION_PARSERS = {
        name: DuckDBParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("@", "ANY", "CASE", "MAP")
    }
    # In DuckDB `list[1]` reads an element of a column called list; only ARRAY[…] builds one.
    ARRAY_CONSTRUCTORS = {"ARRAY": exp.Array}

    def _warn_unsupported(self) -> None:
        # The stock parser logs the SQL and goes on with an unparsed Command.
        self.raise_error("Unsupported statement")

    def _parse_statement(self) -> exp.Expr | None:
        tree = super()._parse_statement()
        if isinstance(tree, exp.Pivot) and self._curr and self._curr.token_type != TokenType.SEMICOLON:
            # DuckDB takes ORDER BY and LIMIT after a PIVOT statement; sqlglot only inside a subquery.
            return self._parse_query_modifiers(exp.select("*").from_(exp.Subquery(this=tree)))
        return tree


class PlainGenerator(DuckDBGenerator):
    """Prints what `PlainParser` read, with nothing rewritten or dropped."""

    MULTI_ARG_DISTINCT = True
    TYPE_MAPPING = {
        **DuckDBGenerator.TYPE_MAPPING,
        exp.DType.TEXT: "VARCHAR",
        exp.DType.VARCHAR: "VARCHAR",
        exp.DType.INT128: "HUGEINT",
        exp.DType.UINT128: "UHUGEINT",
    }

    def withingroup_sql(self, expression: exp.WithinGroup) -> str:
        """Keep ``f(x) WITHIN GROUP (ORDER BY y)``; the stock printer rewrites it."""
        return Generator.withingroup_sql(self, expression)

    def ignorenulls_sql(self, expression: exp.IgnoreNulls) -> str:
        """Keep IGNORE NULLS; the stock printer drops it from functions it does not know."""
        return Generator.ignorenulls_sql(self, expression)

    def not_sql(self, expression: exp.Not) -> str:
        """Print ``x NOT IN …``, ``x IS NOT …``, ``x NOT BETWEEN …`` as they are written.

        The stock ``NOT x IN …`` binds more weakly: under a comparison it would mean something else.
        """
        negated = expression.this
        if isinstance(negated, (exp.In, exp.Is, exp.Between)):
            operand = self.sql(negated, "this")
            rest = self.sql(negated).removeprefix(operand)
            if isinstance(negated, exp.Is):
                return f"{operand}{rest.replace(' IS ', ' IS NOT ', 1)}"
            return f"{operand} NOT{rest}"
        return Generator.not_sql(self, expression)

    def respectnulls_sql(self, expression: exp.RespectNulls) -> str:
        """Keep RESPECT NULLS."""
        return Generator.respectnulls_sql(self, expression)


class PlainDuckDB(DuckDB):
    """The dialect the guard parses and prints with."""

    Parser = PlainParser
    Generator = PlainGenerator

    def to_json_path(self, path: exp.Expr | None) -> exp.Expr | None:
        """A JSON path stays the literal that was written."""
        return path
