"""Pieces of a question: what a phrase contributes before the whole is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .dates import Grain
from .intents import Among, Amount, ColumnRef, Condition, Direction, Function, Key

HeadKind = Literal["count", "much", "which", "who", "when", "what_year", "where", "list"]


@dataclass(frozen=True)
class Filler:
    """Words without meaning of their own."""


@dataclass(frozen=True)
class Unknown:
    """A word nothing explains."""


@dataclass(frozen=True)
class Head:
    """How the question opens, and with it what kind of answer it wants."""

    kind: HeadKind


@dataclass(frozen=True)
class Entity:
    """A word for what a row is about, as no column names it ("the game")."""


@dataclass(frozen=True)
class Stranger:
    """A word that nothing explains and nothing hangs on: the rest must say what is asked, and of what."""


@dataclass(frozen=True)
class ColumnYear:
    """A year that says which column is meant, apart from the column's other words."""

    year: str


@dataclass(frozen=True)
class Rows:
    """The rows of a table by its name, or with "" of whatever the question is about ("records").

    `after` is the kind of word that they follow: "by" where they are said to do something ("bought by
    customers"), "each" where something is said of each of them.
    """

    table: str
    after: str = ""


@dataclass(frozen=True)
class Sides:
    """A number of each of two values: "tea revenue vs coffee revenue"."""

    of: ColumnRef
    values: Among


@dataclass(frozen=True)
class Sold:
    """The verb of a sale, where a column says how many pieces: "how many rolls did we sell"."""

    quantity: ColumnRef


@dataclass(frozen=True)
class Untouched:
    """To which no row points: "books never borrowed"."""


@dataclass(frozen=True)
class Returning:
    """Things with several rows ("repeat customers"), or with one (not `often`).

    `of` is their column in the table whose rows are counted, or None for rows of `table` that have them
    in the table `child`.
    """

    of: ColumnRef | None
    often: bool = True
    table: str = ""
    child: str = ""


@dataclass(frozen=True)
class Newcomers:
    """Things counted when they are first seen ("new customers by month"), by the date `at`.

    Where each has a single row (not `among` others) that row's date is it.
    """

    of: ColumnRef
    at: ColumnRef
    among: bool = True


@dataclass(frozen=True)
class Whole:
    """All that is known of the rows of a table: "all information about the customers"."""

    table: str


@dataclass(frozen=True)
class Target:
    """Columns named outside any condition.

    `entity` when introduced by a preposition ("of the player"); `amount` when "how many" asks for a number.
    An `implied` one ("which customers": their names) gives way to columns that a second sentence names;
    one `beside` others ("with their prices") is asked for together with them.
    """

    columns: tuple[ColumnRef, ...]
    distinct: bool = False
    entity: bool = False
    amount: bool = False
    implied: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Where:
    """Conditions; `split` asks for each of the values by itself."""

    conditions: tuple[Condition, ...]
    split: bool = False


@dataclass(frozen=True)
class Measure:
    """Amounts asked for in words: aggregates, or what is computed from them."""

    aggregates: tuple[Amount, ...]


@dataclass(frozen=True)
class LooseFunction:
    """An aggregate word apart from its column ("revenue on average")."""

    function: Function


@dataclass(frozen=True)
class By:
    """Grouping, or ranking when something is ranked: "by region", "per month", "for each …".

    `depends` when it was said with a verb ("how price varies with size"), `asked` when the groups
    themselves are wanted ("which month").
    """

    keys: tuple[Key, ...]
    depends: bool = False
    asked: bool = False


@dataclass(frozen=True)
class ByRows:
    """Something for each row of a table: "for each customer"."""

    table: str


@dataclass(frozen=True)
class Relation:
    """A verb between things of two tables ("customers who bought products"): it names their join.

    `known` tells verbs of the lexicon from words that only look like verbs.
    """

    known: bool = True


@dataclass(frozen=True)
class InCommon:
    """What is asked for belongs to every row of the other table that is named."""


@dataclass(frozen=True)
class Period:
    """Grouping by a period of the table's only date column; the grain None is chosen from its range."""

    grain: Grain | None


@dataclass(frozen=True)
class Best:
    """A superlative: rank by `by` (None: by what else is measured), keep `count` rows.

    `count` None means the single best; `named` says that the question names the column,
    `target` or `rows` is what is ranked where one phrase says both ("the oldest customer"), `adjective`
    the word that chose the column ("old"). `single` is true where one amount is meant and no sum of many
    ("the longest delay"), `judged` where a usual amount is ("the worst attendance").
    """

    direction: Direction
    by: ColumnRef | Amount | None = None
    count: int | None = None
    named: bool = False
    target: ColumnRef | None = None
    rows: str | None = None
    adjective: str = ""
    single: bool = False
    judged: bool = False


@dataclass(frozen=True)
class Busiest:
    """The period, or what recurs in dates, that has most or fewest rows."""

    key: Key
    direction: Direction


@dataclass(frozen=True)
class Sort:
    """An order asked for; `by` None means by what is shown."""

    by: ColumnRef | Amount | None
    direction: Direction | None


@dataclass(frozen=True)
class ShareOf:
    """Shares of a whole rather than amounts, in percent or as fractions."""

    percent: bool = True


@dataclass(frozen=True)
class Series:
    """Amounts as they go on: added up, changed from period to period, or ranked."""

    kind: Literal["running", "change", "growth", "rank"]
    grain: Grain | None = None


@dataclass(frozen=True)
class Outliers:
    """Rows whose number lies far from the others."""

    column: ColumnRef


@dataclass(frozen=True)
class Chart:
    """A chart asked for by name."""

    mark: str


@dataclass(frozen=True)
class Draw:
    """A chart asked for, of whatever kind suits."""


@dataclass(frozen=True)
class Comparison:
    """Groups named in the question, or two amounts, are to be set against one another."""


@dataclass(frozen=True)
class How:
    """ "How does …", which waits for the verb of a dependence."""


@dataclass(frozen=True)
class Bins:
    """How a histogram is cut: into steps of a width, or into so many of them."""

    width: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Axis:
    """What is to stand on an axis, ``x`` or ``y``."""

    which: str
    shown: Key


@dataclass(frozen=True)
class Pair:
    """An amount, or aggregates, against what they are shown by ("gross versus genre")."""

    key: Key
    amount: ColumnRef | tuple[Amount, ...]


@dataclass(frozen=True)
class Versus:
    """Two numbers against each other; `related` when it was asked how they go together."""

    x: ColumnRef
    y: ColumnRef
    related: bool = False


@dataclass(frozen=True)
class Nearby:
    """The row after (`step` 1) or before (-1) the one that meets `anchor`."""

    anchor: Condition
    step: int


@dataclass(frozen=True)
class Nearest:
    """ "Next", "previous": which way to look from the row named elsewhere."""

    step: int


@dataclass(frozen=True)
class End:
    """The first or last row, in time where the table tells time, else in the order of the file."""

    last: bool
    target: ColumnRef | None = None
    rows: bool = False
    listed: bool = False


@dataclass(frozen=True)
class Choice:
    """Which of the things named has more ("which is longer, A or B")."""

    best: Best


@dataclass(frozen=True)
class Apart:
    """How far two things named are from each other, in `by` or in what else is named."""

    by: ColumnRef | None = None


@dataclass(frozen=True)
class Than:
    """The word between two things compared."""


@dataclass(frozen=True)
class Only:
    """ "The only": one row is expected, which the conditions say."""


Piece = (
    Filler | Unknown | Head | Entity | Stranger | ColumnYear | Rows | Target | Where | Measure | LooseFunction
    | By | ByRows
    | Relation | InCommon | Period | Best | Busiest | Sort | ShareOf | Series | Outliers | Chart | Versus
    | Comparison | Draw | How
    | Axis | Bins | Pair | Nearby | Nearest | End | Choice | Apart | Than | Only | Whole | Sides
    | Untouched | Sold | Returning | Newcomers
)  # fmt: skip
