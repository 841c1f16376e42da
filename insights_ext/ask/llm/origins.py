"""Where a result column comes from: its expression over the tables, through subqueries and earlier steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

MAX_DEPTH = 8


class Origins:
    """Resolves the columns of a query; `earlier` are the queries of the steps it may read, by name."""

    def __init__(self, query: exp.Query, earlier: Mapping[str, exp.Query]) -> None:
        self.query = query
        self._earlier = {name.lower(): step for name, step in earlier.items()}

    def of(self, name: str, position: int) -> exp.Expr | None:
        """The expression of a result column over base tables, None where it cannot be told."""
        return self._column(name, position, self.query, self._ctes(self.query, self._earlier), 0)

    def select(self) -> exp.Select | None:
        """The outermost SELECT, the first of a union."""
        return _first_select(self.query)

    def _column(
        self,
        name: str,
        position: int | None,
        query: exp.Query,
        known: Mapping[str, exp.Query],
        depth: int,
    ) -> exp.Expr | None:
        select = _first_select(query)
        if select is None or depth > MAX_DEPTH:
            return None
        starred = any(p.is_star for p in select.expressions)
        found = next((p for p in select.expressions if p.alias_or_name.lower() == name.lower()), None)
        if found is None and position is not None and not starred and position < len(select.expressions):
            found = select.expressions[position]
        if found is not None and not found.is_star:
            return self._resolved(found.unalias(), select, known, depth)
        if starred:
            return self._resolved(exp.column(name), select, known, depth)
        return None

    def _resolved(
        self, expression: exp.Expr, select: exp.Select, known: Mapping[str, exp.Query], depth: int
    ) -> exp.Expr:
        def step(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
                return node
            inner = self._through(node, select, known, depth)
            if inner is None:
                return node
            return inner.copy() if isinstance(inner, (exp.Column, exp.Func)) else exp.Paren(this=inner.copy())

        return expression.copy().transform(step)

    def _through(
        self, column: exp.Column, select: exp.Select, known: Mapping[str, exp.Query], depth: int
    ) -> exp.Expr | None:
        for alias, query in _sources(select, known):
            if column.table and column.table.lower() != alias:
                continue
            if query is not None:
                inner = self._column(column.name, None, query, self._ctes(query, known), depth + 1)
                if inner is not None:
                    return inner
        return None

    @staticmethod
    def _ctes(query: exp.Query, known: Mapping[str, exp.Query]) -> dict[str, exp.Query]:
        found = dict(known)
        for cte in query.ctes:
            if isinstance(cte.this, exp.Query):
                found[cte.alias.lower()] = cte.this
        return found


def _first_select(query: exp.Expr) -> exp.Select | None:
    while isinstance(query, (exp.SetOperation, exp.Subquery, exp.Paren)):
        query = query.this
    return query if isinstance(query, exp.Select) else None


def _sources(select: exp.Select, known: Mapping[str, exp.Query]) -> Iterator[tuple[str, exp.Query | None]]:
    """Alias and query of what a SELECT reads; None for a base table."""
    clause = select.args.get("from_") or select.args.get("from")
    read = [clause.this] if clause is not None else []
    read += [join.this for join in select.args.get("joins") or ()]
    for source in read:
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Query):
            yield source.alias.lower(), source.this
        elif isinstance(source, exp.Table):
            yield source.alias_or_name.lower(), known.get(source.name.lower())
