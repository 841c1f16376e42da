"""The chart of a table with no plan: roles come from the columns' types alone."""

from types import SimpleNamespace

from insights_ext.services.charts import choose


def choose_for_table(table, chart=None):
    return choose(SimpleNamespace(columns=(), chart=chart, bin_width=None, bins=None), table)
