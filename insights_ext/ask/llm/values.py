"""Stored values that a model must not see: it writes placeholders, and they are filled here.

The phrase "norway" of a question is found in the local value index; the model is told only that it matches
a value of the column `country`, to be written ``:v1``. The SQL of earlier answers and of the candidate is
masked in the same way, where its text was not typed by the user.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ...schemas import Evidence
from ...wording import normalise
from ..planner import PlanContext, TableView

MAX_HITS = 12
MAX_PHRASE_WORDS = 6
MAX_PLAIN_NUMBER = 100
"""Whole numbers up to here (a limit, a position, a percentage) tell nothing of the data."""
_OTHER_TEXT = (exp.ByteString, exp.RawString, exp.National, exp.UnicodeString, exp.HexString, exp.BitString)
_PLACEHOLDER = re.compile(r"(?<![:\w]):(v\d+)\b")
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}([T ]\d{2}:\d{2}(:\d{2})?)?|(%[a-zA-Z]|[-/:., T])+")
_PARTS = {
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "dow", "isodow", "doy", "decade",
    "true", "false", "",
}  # fmt: skip
ORDINARY = {
    "sum", "total", "count", "number", "avg", "average", "mean", "median", "min", "max", "share", "percent",
    "pct", "rank", "of", "per", "by", "in", "and", "the", "growth", "change", "difference", "diff", "ratio",
    "year", "quarter", "month", "week", "day", "date", "hour", "highest", "lowest", "first", "last", "rows",
    "value", "values", "std", "standard", "deviation", "running", "distinct", "different", "n", "cnt",
}  # fmt: skip
_STOP = {
    "a", "an", "the", "of", "in", "on", "by", "for", "to", "and", "or", "is", "are", "was", "were", "what",
    "which", "who", "how", "many", "much", "with", "per", "each", "all", "no", "not", "at", "from", "than",
    "show", "me", "list", "i", "it", "as", "be", "do", "does", "did", "there", "we", "our", "my", "us",
}  # fmt: skip


@dataclass(frozen=True)
class Match:
    """A phrase of the question that is a stored value of `column`, and the placeholder that stands for it."""

    phrase: str
    table: str
    column: str
    value: str
    mark: str


@dataclass
class Values:
    """The placeholders of one question; `typed` is all the text the user wrote in its thread.

    With `names_only` dates and numbers that were not typed are masked as texts are.
    """

    context: PlanContext
    names_only: bool = False
    matches: list[Match] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.typed = "\n".join([self.context.question, *(turn.question for turn in self.context.before)])
        for phrase in _phrases(self.context.question):
            self._match(phrase)

    def _match(self, phrase: str) -> None:
        form = normalise(phrase)
        if any(f" {form} " in f" {normalise(match.phrase)} " for match in self.matches):
            return
        for view in self.context.tables:
            seen: set[str] = set()
            for hit in view.values.lookup(form):
                if hit.column not in seen and len(self.matches) < MAX_HITS:
                    seen.add(hit.column)
                    mark = self._mark(hit.value)
                    self.matches.append(Match(phrase, view.name, hit.column, hit.value, mark))

    def _mark(self, value: str) -> str:
        for mark, known in self.hidden.items():
            if known == value:
                return mark
        mark = f"v{len(self.hidden) + 1}"
        self.hidden[mark] = value
        return mark

    # Out ------------------------------------------------------------------------------------------

    def masked(self, sql: str) -> str | None:
        """`sql` with every text that the user did not type as a placeholder; None if it cannot be read.

        Names of results are masked too, where they are not of the schema's words: a value may be in them.
        """
        try:
            tree = sqlglot.parse_one(sql, dialect="duckdb")
        except (SqlglotError, RecursionError):
            return None
        names = self._names()
        renamed: dict[str, str] = {}

        def hide(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Literal) and not self._may_pass(node):
                return exp.Placeholder(this=self._mark(node.name))
            if isinstance(node, _OTHER_TEXT):
                return exp.Placeholder(this=self._mark(node.name))
            if isinstance(node, exp.Identifier) and not self._is_ordinary(node.name, names):
                fresh = renamed.setdefault(node.name, f"c{len(renamed) + 1}")
                return exp.to_identifier(fresh, quoted=True)
            return node

        return tree.transform(hide).sql(dialect="duckdb", comments=False)

    def _may_pass(self, literal: exp.Literal) -> bool:
        text = literal.name
        if text.lower() in _PARTS or self._was_typed(text):
            return True
        if not literal.is_string or isinstance(literal.parent, exp.Interval):
            return not self.names_only or (text.isdigit() and int(text) <= MAX_PLAIN_NUMBER)
        return not self.names_only and _DATE.fullmatch(text) is not None

    def _was_typed(self, text: str) -> bool:
        """Whether the user wrote `text`, as whole words: the M of "many" is not the stored value M."""
        return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self.typed) is not None

    def _names(self) -> set[str]:
        names = {view.name.lower() for view in self.context.tables}
        return names | {c.name.lower() for view in self.context.tables for c in view.stats.columns}

    def _is_ordinary(self, name: str, names: set[str]) -> bool:
        lowered = name.lower()
        if lowered in names or re.fullmatch(r"[a-z]{1,2}\d*|step_\d+", lowered):
            return True
        known = {word for each in names for word in re.split(r"\W|_", each)} | ORDINARY
        known |= set(normalise(self.typed).split())
        return all(word in known or word.isdigit() for word in re.split(r"\W|_", lowered) if word)

    # In -------------------------------------------------------------------------------------------

    def fill(self, sql: str) -> str:
        """`sql` with the placeholders filled: quoted where they stand bare, as text inside of quotes.

        Names in double quotes stay as they are: a name is told the model where its result is.
        """
        out: list[str] = []
        for part in re.split(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""", sql):
            if part.startswith('"'):
                out.append(part)
                continue
            inside = part.startswith("'")

            def value(match: re.Match[str], inside: bool = inside) -> str:
                stored = self.hidden.get(match.group(1))
                if stored is None:
                    return match.group()
                escaped = stored.replace("'", "''")
                return escaped if inside else f"'{escaped}'"

            out.append(_PLACEHOLDER.sub(value, part))
        return "".join(out)


def settled(tree: exp.Query, views: Sequence[TableView]) -> tuple[exp.Query, list[Evidence], list[str]]:
    """`tree` with compared texts as they are stored, what that rests on, and what matches nothing.

    Only where every value of the column is known and exactly one has the same normal form.
    """
    evidence: list[Evidence] = []
    missing: list[str] = []
    read = {table.name.lower() for table in tree.find_all(exp.Table)}
    used = [view for view in views if view.name.lower() in read]

    def settle(column: exp.Expr, literal: exp.Expr) -> None:
        if not (isinstance(column, exp.Column) and isinstance(literal, exp.Literal) and literal.is_string):
            return
        holders = [v for v in used if any(c.name.lower() == column.name.lower() for c in v.stats.columns)]
        if len(holders) != 1:
            return
        view = holders[0]
        name = next(c.name for c in view.stats.columns if c.name.lower() == column.name.lower())
        text = literal.name
        hits = [hit for hit in view.values.lookup(normalise(text)) if hit.column == name]
        if any(hit.value == text for hit in hits):
            evidence.append(_value(text, view.name, name, f"{name} holds this value"))
        elif len(hits) == 1:
            literal.set("this", hits[0].value)
            evidence.append(_value(text, view.name, name, f"taken as the stored value {hits[0].value!r}"))
        elif not hits and name in view.values.complete:
            missing.append(f"No row of {view.name} has {text!r} in {name}.")

    for node in list(tree.find_all(exp.EQ, exp.NEQ)):
        settle(node.this, node.expression)
        settle(node.expression, node.this)
    for among in list(tree.find_all(exp.In)):
        for item in among.expressions:
            settle(among.this, item)
    return tree, evidence, list(dict.fromkeys(missing))


def _value(text: str, table: str, column: str, detail: str) -> Evidence:
    return Evidence(kind="value", phrase=text, target=f"{table}.{column}", detail=detail)


def _phrases(question: str) -> list[str]:
    """Runs of words of the question, the longest first."""
    words = re.findall(r"[^\s,;:!?\"“”()]+", question)[:200]
    found: list[str] = []
    for size in range(min(MAX_PHRASE_WORDS, len(words)), 0, -1):
        for k in range(len(words) - size + 1):
            phrase = " ".join(words[k : k + size]).strip(".'’")
            forms = normalise(phrase).split()
            if forms and not all(w in _STOP or w.isdigit() or len(w) < 2 for w in forms):
                found.append(phrase)
    return found
