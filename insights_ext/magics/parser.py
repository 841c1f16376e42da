"""The syntax of ``%insight`` and ``%%insight``: subcommands, options and their help."""

from __future__ import annotations

import argparse
import json
import keyword
import re
import shlex
from collections.abc import Sequence
from typing import Any, NoReturn

from ..errors import InvalidFilter, InvalidRequest

_DESCRIPTION = "Upload, preview, profile and ask your data."
_CELL_DESCRIPTION = "Ask about the named tables (none: all uploaded datasets); the cell is the question."


class Help(Exception):
    """Help was asked for; holds its text."""


class _Parser(argparse.ArgumentParser):
    """An argument parser that raises our errors instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise InvalidRequest(message[:1].upper() + message[1:] + ".", hint=usage)

    def print_help(self, file: Any = None) -> None:
        raise Help(self.format_help())


class _Joined(argparse.Action):
    """An option that may be repeated: ``-d a -d b`` is ``-d a,b``."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: Any = None
    ) -> None:
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, f"{before},{values}" if before else values)


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sheet", type=_sheet, help="sheet of a workbook, by name or 0-based position")
    parser.add_argument("--delimiter", help="what separates the columns of a text file; \\t is a tab")
    parser.add_argument("--encoding", help="encoding of a text file, for example latin-1")
    parser.add_argument("--header-row", type=int, help="line of the header, from 1; 0 for none")
    parser.add_argument("--decimal", choices=[".", ","], help="decimal mark")
    parser.add_argument("--dtypes", type=_json, help='SQL types by column, JSON: {"zip": "VARCHAR"}')


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--out", type=_variable, metavar="NAME", help="bind the result to this variable"
    )


def _add_question_options(parser: argparse.ArgumentParser) -> None:
    _add_out(parser)
    parser.add_argument("--planner", help="which planner answers: auto, rules or llm")
    parser.add_argument("--thread", help="name of a conversation, for follow-up questions")
    parser.add_argument(
        "--refresh", action="store_true", help="ask the model anew where its stored answer would do"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be sent to a model, and send nothing"
    )


def _add_knowing(commands: Any) -> None:
    """The subcommands of what people know, and of what was sent."""
    for word, meaning in (
        ("good", "right: it is kept as a verified question"),
        ("bad", "wrong: it is not used again"),
    ):
        said = commands.add_parser(word, help=f"call an answer {meaning}")
        said.add_argument("note", nargs="*", help="why, in your words")
        said.add_argument("--answer", metavar="ID", help="which answer (default: the last one)")
        _add_out(said)

    learn = commands.add_parser("learn", help="add one thing to insights.yaml")
    learn.add_argument("about", nargs="?", help="table, table.column or the name of a metric")
    learn.add_argument("--description", help="what it means")
    learn.add_argument("--synonyms", type=_words, default=[], help="other words for it, comma-separated")
    learn.add_argument("--unit", help="unit of a column or metric, such as EUR")
    learn.add_argument("--question", help="a question that --sql answers: a verified question")
    learn.add_argument("--sql", help="SQL of a verified question, or the expression of a metric")
    learn.add_argument("--table", help="table of a metric")
    _add_out(learn)

    describe = commands.add_parser("describe", help="draft insights.yaml from the profiles")
    describe.add_argument("names", nargs="*", help="datasets (default: all)")
    describe.add_argument("--save", action="store_true", help="write the draft into insights.yaml")
    _add_out(describe)

    knowledge = commands.add_parser(
        "knowledge", help="show the knowledge in force, and what is wrong with it"
    )
    _add_out(knowledge)

    ledger = commands.add_parser("ledger", help="list what left the machine: the calls of a model")
    ledger.add_argument("-n", "--limit", type=int, default=20, help="calls to list (default 20)")
    ledger.add_argument("--answer", metavar="ID", help="of this answer only; last is the last one")
    _add_out(ledger)


def line_parser() -> argparse.ArgumentParser:
    """The parser of ``%insight``."""
    parser = _Parser(prog="%insight", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    upload = commands.add_parser("upload", help="make a dataset of a file or of a DataFrame variable")
    upload.add_argument("source", help="path of a file, or name of a DataFrame variable")
    upload.add_argument("--name", help="name of the dataset; default: from the file or the variable")
    upload.add_argument("--replace", action="store_true", help="replace a dataset of that name")
    _add_import_options(upload)
    _add_out(upload)

    datasets = commands.add_parser("datasets", help="list the datasets")
    _add_out(datasets)

    preview = commands.add_parser("preview", help="show rows of a dataset or DataFrame variable")
    preview.add_argument("name", help="dataset or DataFrame variable")
    preview.add_argument("-n", "--limit", type=int, default=20, help="rows to show (default 20)")
    preview.add_argument("--offset", type=int, default=0, help="rows to skip")
    preview.add_argument("--sort", help="columns, comma-separated; - in front for descending")
    preview.add_argument(
        "--filter",
        action="append",
        default=[],
        help='a condition such as "amount > 100" (may be repeated), or a JSON list of conditions',
    )
    _add_out(preview)

    explore = commands.add_parser("explore", help="open a dataset or DataFrame variable as a widget")
    explore.add_argument("name", help="dataset or DataFrame variable")
    _add_out(explore)

    stats = commands.add_parser("stats", help="profile a dataset or DataFrame variable")
    stats.add_argument("name", help="dataset or DataFrame variable")
    _add_out(stats)

    ask = commands.add_parser("ask", help="ask a question in plain words")
    ask.add_argument("question", nargs="+", help="the question; NAME << in front binds it silently")
    ask.add_argument(
        "-d",
        "--datasets",
        action=_Joined,
        help="datasets or DataFrame variables to ask, comma-separated or repeated (default: all)",
    )
    _add_question_options(ask)

    sql = commands.add_parser("sql", help="run one read-only SELECT over datasets and DataFrame variables")
    sql.add_argument("query", nargs="+", help="the query; NAME << in front binds it silently")
    _add_out(sql)

    export = commands.add_parser("export", help="write a dataset to a file")
    export.add_argument("name", help="dataset")
    export.add_argument("path", help="file to write; its ending gives the format")
    export.add_argument("--format", help="csv, parquet, xlsx, arrow or json")
    export.add_argument("--overwrite", action="store_true", help="replace the file if there is one")

    rename = commands.add_parser("rename", help="give a dataset another name")
    rename.add_argument("old", help="its name now")
    rename.add_argument("new", help="its new name")

    delete = commands.add_parser("delete", help="delete a dataset and all that was made from it")
    delete.add_argument("name", help="dataset")

    reimport = commands.add_parser("reimport", help="read the kept original again with other options")
    reimport.add_argument("name", help="dataset")
    _add_import_options(reimport)

    _add_knowing(commands)

    status = commands.add_parser("status", help="version, store, engine, sandbox and planner")
    _add_out(status)
    return parser


def cell_parser() -> argparse.ArgumentParser:
    """The parser of the first line of ``%%insight``."""
    parser = _Parser(prog="%%insight", description=_CELL_DESCRIPTION)
    parser.add_argument("names", nargs="*", help="datasets or DataFrame variables; NAME << binds silently")
    _add_question_options(parser)
    return parser


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of the subcommands by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def split(line: str) -> list[str]:
    """Words of a line as a shell would see them; a lone quote is an ordinary character."""
    try:
        # A shell would make a t of a bare \\t, which nobody means who types it.
        return shlex.split(_BARE_TAB.sub(r"'\\t'", line))
    except ValueError:
        return line.split()


_BARE_TAB = re.compile(r"(?<=[\s=])\\t(?=\s|$)")
_QUERIES = ("ask", "sql")
_FREE_TEXT = {"ask": "question", "sql": "query", "good": "note", "bad": "note"}
_BINDING = re.compile(r"\s*([^\W\d]\w*)\s*<<\s*")


def parse_line(line: str) -> argparse.Namespace:
    """The command of a ``%insight`` line; free text is kept as it was typed.

    Raises `InvalidRequest` with the usage as hint, or `Help`.
    """
    parser = line_parser()
    command, _, rest = line.strip().partition(" ")
    if command in _FREE_TEXT and rest.strip() not in {"-h", "--help"}:
        return _parse_free_text(commands(parser)[command], command, rest)
    words = split(line)
    if command in commands(parser):
        words = _with_values(commands(parser)[command], words)
    parsed = parser.parse_args(words)
    parsed.silent = False
    return parsed


def _with_values(parser: argparse.ArgumentParser, words: list[str]) -> list[str]:
    """Tie ``--sort -amount`` together: argparse takes a value that begins with - for an option."""
    takes_value = {
        flag for action in parser._actions if action.nargs is None for flag in action.option_strings
    }
    tied: list[str] = []
    for word in words:
        if tied and tied[-1] in takes_value and word.startswith("-"):
            tied[-1] += f"={word}" if tied[-1].startswith("--") else word
        else:
            tied.append(word)
    return tied


def parse_cell(line: str, cell: str) -> argparse.Namespace:
    """A ``%%insight`` cell: its first line, and the question or, after ``%%insight sql``, the query below."""
    first, _, rest = line.strip().partition(" ")
    if first in _QUERIES:
        rest, target = _binding_at_end(rest)
        parsed = _parse_free_text(commands(line_parser())[first], first, f"{rest} {cell}")
        parsed.silent = parsed.silent or target is not None
        parsed.out = target or parsed.out
        return parsed
    parsed = parse_cell_line(line)
    parsed.command, parsed.question = "ask", _unquoted(cell.strip())
    parsed.datasets = ",".join(parsed.names) or None
    return parsed


def _unquoted(text: str) -> str:
    """The text without a pair of quotes around all of it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted and text[0] not in text[1:-1] else text


def parse_cell_line(line: str) -> argparse.Namespace:
    """The first line of a ``%%insight`` cell that holds a question."""
    line, target = _binding_at_end(line)
    parsed = cell_parser().parse_args(split(line))
    parsed.silent = target is not None
    parsed.out = target or parsed.out
    return parsed


def _binding_at_end(line: str) -> tuple[str, str | None]:
    match = re.search(r"(?:^|\s)([^\W\d]\w*)\s*<<\s*$", line)
    return (line[: match.start()], _variable(match.group(1))) if match else (line, None)


def _parse_free_text(parser: argparse.ArgumentParser, command: str, rest: str) -> argparse.Namespace:
    """Take the options off both ends of `rest`; what stays in between is the text, untouched.

    A shell-like split would trip over the apostrophe of "what's" and swallow the quotes of SQL.
    """
    options, text = _options_off(parser, rest.strip())
    binding = _BINDING.match(text) if command in _QUERIES else None
    if binding:
        text = text[binding.end() :]
    parsed = parser.parse_args([*options, "--", text])
    parsed.command = command
    setattr(parsed, _FREE_TEXT[command], text if command == "sql" else _unquoted(text))
    parsed.silent = binding is not None
    if binding:
        parsed.out = _variable(binding.group(1))
    return parsed


def _options_off(parser: argparse.ArgumentParser, text: str) -> tuple[list[str], str]:
    """The options at both ends of `text`, and what stays in between."""
    given = [action for action in parser._actions if "--help" not in action.option_strings]
    switches = {flag for action in given if action.nargs == 0 for flag in action.option_strings}
    flags = {flag for action in given for flag in action.option_strings} - switches
    options: list[str] = []
    while match := re.match(r"(\S+)(?:\s+(\S+))?(?:\s+|$)", text):
        if match[1] in switches:
            options.append(match[1])
            text = text[match.end(1) :].lstrip()
        elif match[1] in flags and match[2] is not None:
            options += [match[1], match[2]]
            text = text[match.end() :]
        else:
            break
    while match := re.search(r"(?:^|\s)(?:(-\S+)\s+)?(\S+)$", text):
        if match[2] in switches:
            options.append(match[2])
            text = text[: match.start(2)].rstrip()
        elif match[1] in flags:
            options += [match[1], match[2]]
            text = text[: match.start()]
        else:
            break
    return options, text


_SHORT = re.compile(
    r"\s*(?P<column>.+?)\s*(?:(?P<op>!=|<=|>=|=|<|>)\s*(?P<value>.*)"
    r"|\s(?P<word>contains|in|between)\s+(?P<operand>.*)|\s(?P<bare>is_null|not_null)\s*)$",
    re.DOTALL,
)


def parse_filters(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Conditions from ``amount > 100``, ``region in ["North", "South"]``, or a JSON list of objects."""
    filters: list[dict[str, Any]] = []
    for text in texts:
        if text.lstrip().startswith(("[", "{")):
            given = _json(text)
            filters += given if isinstance(given, list) else [given]
            continue
        match = _SHORT.match(text)
        if match is None:
            raise InvalidFilter(f"The filter {text!r} is not understood.", hint='For example "amount > 100".')
        op = match["op"] or match["word"] or match["bare"]
        condition = {"column": match["column"], "op": op}
        if not match["bare"]:
            condition["value"] = _value(match["value"] if match["op"] else match["operand"])
        filters.append(condition)
    return filters


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.strip().strip("'\"")


def _variable(text: str) -> str:
    """The name of a variable to bind."""
    if not text.isidentifier() or keyword.iskeyword(text):
        raise InvalidRequest(
            f"{text!r} cannot name a variable.", hint="Use letters, digits and _, for example -o result."
        )
    return text


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _sheet(text: str) -> str | int:
    """Digits are a position, as in REST; a sheet whose name is a number is given as a position, too."""
    return int(text) if text.isascii() and text.isdigit() else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidRequest(f"{text!r} is not valid JSON.") from None
