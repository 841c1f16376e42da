"""Statistics that SQL lacks, as reviewed macros: outliers, Welch's t-test, chi-square, a linear fit.

Each computes from its arguments and nothing else. They are made in a database before it is locked, and the
guard knows their names. Arguments are put in as text, so no variable of a lambda may be named twice.
Tail probabilities follow Numerical Recipes, 3rd edition: the incomplete gamma function (6.2, series and
continued fraction) and the incomplete beta function (6.4, Lentz's method).
"""

from __future__ import annotations

import duckdb

_GAMMA_SERIES = """
CREATE MACRO gamma_p_series(a, x) AS exp(-x + a * ln(x) - lgamma(a)) * list_reduce(
    list_prepend(
        {'n': a, 't': 1 / a, 's': 1 / a},
        list_transform(range(1, 1000), lambda k: {'n': 0::DOUBLE, 't': 0::DOUBLE, 's': 0::DOUBLE})
    ),
    lambda so_far, item: {
        'n': so_far.n + 1, 't': so_far.t * x / (so_far.n + 1),
        's': so_far.s + so_far.t * x / (so_far.n + 1)
    }
).s
"""
_GAMMA_FRACTION = """
CREATE MACRO gamma_q_fraction(a, x) AS exp(-x + a * ln(x) - lgamma(a)) * list_reduce(
    list_prepend(
        {'n': 0::DOUBLE, 'b': x + 1 - a, 'c': 1e300, 'd': 1 / (x + 1 - a), 'h': 1 / (x + 1 - a)},
        list_transform(range(1, 1000), lambda k: {
            'n': -k * (k - a), 'b': x + 1 - a + 2 * k, 'c': 0::DOUBLE, 'd': 0::DOUBLE, 'h': 0::DOUBLE
        })
    ),
    lambda so_far, item: {
        'n': item.n, 'b': item.b, 'c': item.b + item.n / so_far.c, 'd': 1 / (item.n * so_far.d + item.b),
        'h': so_far.h * (item.b + item.n / so_far.c) / (item.n * so_far.d + item.b)
    }
).h
"""
_BETA_FRACTION = """
CREATE MACRO beta_fraction(a, b, x) AS list_reduce(
    list_prepend(
        {'n': 0::DOUBLE, 'c': 1::DOUBLE, 'd': 1 / (1 - (a + b) * x / (a + 1)),
         'h': 1 / (1 - (a + b) * x / (a + 1))},
        list_transform(range(1, 1000), lambda k: {
            'n': CASE WHEN k % 2 = 1 THEN ((k + 1) // 2) * (b - (k + 1) // 2) * x
                    / ((a - 1 + k + 1) * (a + k + 1))
                ELSE -(a + k // 2) * (a + b + k // 2) * x / ((a + k) * (a + 1 + k)) END,
            'c': 0::DOUBLE, 'd': 0::DOUBLE, 'h': 0::DOUBLE
        })
    ),
    lambda so_far, item: {
        'n': item.n, 'c': 1 + item.n / so_far.c, 'd': 1 / (1 + item.n * so_far.d),
        'h': so_far.h * (1 + item.n / so_far.c) / (1 + item.n * so_far.d)
    }
).h
"""
_BETA = """
CREATE MACRO beta_i(a, b, x) AS CASE
    WHEN x <= 0 THEN 0.0 WHEN x >= 1 THEN 1.0
    WHEN x < (a + 1) / (a + b + 2) THEN
        exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * ln(x) + b * ln(1 - x)) * beta_fraction(a, b, x) / a
    ELSE 1 - exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * ln(x) + b * ln(1 - x))
        * beta_fraction(b, a, 1 - x) / b
END
"""

_MACROS = (
    # Outliers, each a value of its row: used with QUALIFY or in a subquery.
    "CREATE MACRO z_score(x) AS (x - avg(x) OVER ()) / nullif(stddev_samp(x) OVER (), 0)",
    "CREATE MACRO is_outlier_z(x) AS coalesce(abs(z_score(x)) > 3, false)",
    """CREATE MACRO is_outlier_iqr(x) AS coalesce(
        x < 2.5 * (quantile_cont(x, 0.25) OVER ()) - 1.5 * (quantile_cont(x, 0.75) OVER ())
        OR x > 2.5 * (quantile_cont(x, 0.75) OVER ()) - 1.5 * (quantile_cont(x, 0.25) OVER ()), false)""",
    # Tail probabilities.
    _GAMMA_SERIES,
    _GAMMA_FRACTION,
    _BETA_FRACTION,
    _BETA,
    """CREATE MACRO chi_square_p(x, df) AS CASE
        WHEN x IS NULL OR df IS NULL OR df <= 0 OR x < 0 THEN NULL WHEN x = 0 THEN 1.0
        WHEN x / 2.0 < df / 2.0 + 1 THEN 1 - gamma_p_series(df / 2.0, x / 2.0)
        ELSE gamma_q_fraction(df / 2.0, x / 2.0) END""",
    "CREATE MACRO student_p(t, df) AS beta_i(df / 2.0, 0.5::DOUBLE, df / (df + t * t))",
    # Tests: the inner list keeps aggregates out of the lambdas, which cannot hold them.
    """CREATE MACRO t_test(a, b) AS list_transform([{
        'd': avg(a) - avg(b), 'u': var_samp(a) / count(a), 'v': var_samp(b) / count(b),
        'n': count(a) - 1, 'm': count(b) - 1
    }], lambda r: CASE WHEN r.n > 0 AND r.m > 0 AND r.u + r.v > 0 THEN list_transform([{
        't': r.d / sqrt(r.u + r.v), 'df': (r.u + r.v) ** 2 / (r.u ** 2 / r.n + r.v ** 2 / r.m)
    }], lambda q: {'statistic': q.t, 'df': q.df, 'p': student_p(q.t, q.df)})[1] END)[1]""",
    """CREATE MACRO linear_fit(y, x) AS list_transform([{
        'b': regr_slope(y, x), 'a': regr_intercept(y, x), 'q': regr_r2(y, x), 'n': regr_count(y, x),
        'e': regr_syy(y, x) - regr_slope(y, x) * regr_sxy(y, x), 'x': regr_sxx(y, x)
    }], lambda r: list_transform([{
        'se': CASE WHEN r.n > 2 AND r.x > 0 THEN sqrt(greatest(r.e, 0) / (r.n - 2) / r.x) END
    }], lambda s: {
        'slope': r.b, 'intercept': r.a, 'r2': r.q, 'n': r.n, 'standard_error': s.se,
        'p': CASE WHEN s.se > 0 THEN student_p(r.b / s.se, (r.n - 2)::DOUBLE) WHEN s.se = 0 THEN 0.0 END
    })[1])[1]""",
    """CREATE MACRO chi_square(a, b) AS list_transform([{
        'o': histogram(CASE WHEN b IS NOT NULL
            THEN length(a::VARCHAR) || ':' || a::VARCHAR || b::VARCHAR END),
        'r': histogram(CASE WHEN b IS NOT NULL THEN a::VARCHAR END),
        'c': histogram(CASE WHEN a IS NOT NULL THEN b::VARCHAR END),
        'n': count(*) FILTER (WHERE a IS NOT NULL AND b IS NOT NULL)
    }], lambda t: list_transform([{
        'x': t.n * (list_sum(list_transform(map_entries(t.o), lambda e: e.value ** 2 / (
            t.r[e.key[strpos(e.key, ':') + 1 : strpos(e.key, ':') + split_part(e.key, ':', 1)::BIGINT]]
            * t.c[e.key[strpos(e.key, ':') + 1 + split_part(e.key, ':', 1)::BIGINT :]]::DOUBLE
        ))) - 1),
        'df': (cardinality(t.r) - 1)::DOUBLE * (cardinality(t.c) - 1)
    }], lambda u: CASE WHEN u.df > 0 THEN
        {'statistic': u.x, 'df': u.df, 'p': chi_square_p(u.x, u.df)} END)[1])[1]""",
)


PUBLIC = (
    "z_score", "is_outlier_z", "is_outlier_iqr", "t_test", "chi_square", "linear_fit", "chi_square_p",
    "student_p",
)  # fmt: skip
"""The names a query may call."""


def named(sql: str) -> bool:
    """Whether `sql` may call one of the macros: making them takes time that other queries save."""
    lowered = sql.lower()
    return any(name in lowered for name in PUBLIC)


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros in a database that is not locked yet."""
    for macro in _MACROS:
        connection.execute(macro)
