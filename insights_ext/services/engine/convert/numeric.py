"""Recognise numbers as people write them: grouped, with decimal commas, percent signs, currencies."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from .reading import Hints, Reading
from .stage import literal

_SPACES = "[ \u00a0\u202f\u2009]"
_QUOTES = "['’]"
_CURRENCIES: dict[str, tuple[str, ...]] = {
    "USD": ("$", "US$", "USD", "U$S"), "EUR": ("€", "EUR"), "GBP": ("£", "GBP"), "JPY": ("¥", "JPY", "円"),
    "INR": ("₹", "INR", "Rs.", "Rs", "rs.", "rs"), "RUB": ("₽", "RUB", "руб.", "руб"), "KRW": ("₩", "KRW"),
    "TRY": ("₺", "TRY", "TL"), "ILS": ("₪", "ILS", "NIS"), "THB": ("฿", "THB"), "UAH": ("₴", "UAH"),
    "NGN": ("₦", "NGN"), "PHP": ("₱", "PHP"), "VND": ("₫", "VND"), "KZT": ("₸", "KZT"), "kr": ("kr", "kr."),
    "SEK": ("SEK",), "NOK": ("NOK",), "DKK": ("DKK",), "CHF": ("CHF", "Fr.", "SFr."), "PLN": ("zł", "PLN"),
    "CZK": ("Kč", "CZK"), "HUF": ("Ft", "HUF"), "RON": ("lei", "RON"), "BGN": ("лв", "лв.", "BGN"),
    "BRL": ("R$", "BRL"), "AUD": ("A$", "AU$", "AUD"), "CAD": ("C$", "CA$", "CAD"), "NZD": ("NZ$", "NZD"),
    "HKD": ("HK$", "HKD"), "SGD": ("S$", "SGD"), "MXN": ("MX$", "MXN"), "TWD": ("NT$", "TWD"),
    "CNY": ("CNY", "RMB", "元"), "ZAR": ("ZAR",), "AED": ("AED",), "SAR": ("SAR",), "EGP": ("EGP",),
    "IDR": ("Rp", "IDR"), "MYR": ("RM", "MYR"),
    "ARS": ("ARS",), "CLP": ("CLP",), "COP": ("COP",),
}  # fmt: skip
_CURRENCY_OF = {token: code for code, tokens in _CURRENCIES.items() for token in tokens}
_SIGNS = frozenset("%$€£¥₹")
_TOKEN = "|".join(re.escape(token) for token in sorted(_CURRENCY_OF, key=len, reverse=True))
_BODY = r"[0-9][0-9., \u00a0\u202f\u2009'’]*(?:[eE][+-]?[0-9]+)?|[.,][0-9]+(?:[eE][+-]?[0-9]+)?"
_CELL = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+\-−])?\s*(?P<before>{_TOKEN})?\s*(?P<sign2>[+\-−])?\s*"
    rf"(?P<body>{_BODY})\s*(?P<after>{_TOKEN}|%)?\s*(?P<sign3>-)?(?P<close>\))?",
    re.ASCII,
)
_PHONE = re.compile(r"phone|mobile|\btel\b|\bfax\b|telefon|\bcell\b", re.IGNORECASE)
_PLAIN_INTEGER = re.compile(r"[+-]?[0-9]+")
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]")
MAX_DECIMAL_DIGITS = 38


@dataclass(frozen=True)
class _Style:
    """A way to write digits: a pattern of the unsigned number, its grouping mark, its decimal mark."""

    name: str
    pattern: str
    mark: Literal[".", ","]


_STYLES = (
    _Style("plain", r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", "."),
    _Style(
        "thousands separated by commas",
        r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)",
        ".",
    ),
    _Style("decimal comma", r"(?:(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?|,[0-9]+)", ","),
    _Style(
        "thousands separated by spaces",
        rf"(?:(?:[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)",
        ".",
    ),
    _Style(
        "thousands separated by commas or spaces",
        rf"(?:(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?)",
        ".",
    ),
    _Style(
        "thousands separated by spaces, decimal comma",
        rf"(?:(?:[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+|[0-9]+)(?:,[0-9]+)?|,[0-9]+)",
        ",",
    ),
    _Style(
        "thousands separated by apostrophes",
        rf"(?:(?:[0-9]{{1,3}}(?:{_QUOTES}[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)",
        ".",
    ),
    _Style(
        "thousands separated by apostrophes, decimal comma",
        rf"(?:(?:[0-9]{{1,3}}(?:{_QUOTES}[0-9]{{3}})+|[0-9]+)(?:,[0-9]+)?|,[0-9]+)",
        ",",
    ),
)
_COMPILED = {style.name: re.compile(style.pattern) for style in _STYLES}


def recognise(values: Collection[str], header: str, hints: Hints) -> Reading | None:
    """How `values` (distinct, trimmed, none missing) read as numbers, or None if they do not.

    A text reading with a note or warning is returned for codes, phone numbers and mixed currencies.
    """
    found: list[re.Match[str]] = []
    for value in values:
        cell = _CELL.fullmatch(value)
        if cell is None:
            return None
        found.append(cell)
    codes = [value for value in values if _PLAIN_INTEGER.fullmatch(value)]
    leading = min((value for value in codes if _LEADING_ZERO.match(value)), default=None)
    if leading is not None and len(codes) == len(values):
        return Reading("text", note=f"codes with leading zeros such as {leading!r}, kept as text")
    if any(value[0] == "+" and len(value) > 7 for value in codes):
        return Reading("text", note="phone numbers, kept as text")
    bodies = [cell["body"].rstrip() for cell in found]
    style = _style(bodies, hints)
    if style is None or any(bool(cell["open"]) != bool(cell["close"]) for cell in found):
        return None
    if any((cell["sign"] is not None) + (cell["sign2"] is not None) + (cell["sign3"] is not None)
           + (cell["open"] is not None) > 1 for cell in found):  # fmt: skip
        return None
    if ("spaces" in style.name and _one_shape(bodies)) or (_PHONE.search(header) and style.name != "plain"):
        return None
    tokens = {token for cell in found for token in (cell["before"], cell["after"]) if token}
    percent = "%" in tokens
    currencies = {_CURRENCY_OF[token] for token in tokens - {"%"}}
    if percent and (currencies or any(cell["after"] != "%" and not _zero(cell["body"]) for cell in found)):
        return None
    if len(currencies) > 1:
        listed = ", ".join(sorted(currencies))
        return Reading("text", warning=f"holds amounts in different currencies ({listed}), kept as text")
    if any(cell["open"] for cell in found) and all(cell["open"] for cell in found) and not currencies:
        return None
    return _reading(values, found, bodies, style, tokens, currencies, hints)


def _style(bodies: list[str], hints: Hints) -> _Style | None:
    """The first style that fits all; one with a decimal comma first if the file or the user speaks for it."""
    mark = hints.fixed_mark or hints.mark
    marked = any("," in body or "." in body for body in bodies)
    styles = list(_STYLES)
    if mark == "," and marked:
        styles.sort(key=lambda style: style.mark != ",")
    for style in styles:
        if hints.fixed_mark and marked and style.mark != hints.fixed_mark:
            continue
        if all(map(_COMPILED[style.name].fullmatch, bodies)):
            return style
    return None


def _one_shape(bodies: list[str]) -> bool:
    """Whether all are groups of three digits in the same number, as telephone numbers are."""
    return all(re.fullmatch(r"[0-9]{3}(?:[^0-9][0-9]{3}){2,}", body) for body in bodies)


def _zero(body: str) -> bool:
    return not body.strip("0., ")


def _reading(
    values: Collection[str],
    cells: list[re.Match[str]],
    bodies: list[str],
    style: _Style,
    tokens: set[str],
    currencies: set[str],
    hints: Hints,
) -> Reading:
    percent = "%" in tokens
    fractions = any(style.mark in body or "e" in body.lower() for body in bodies)
    digits = max(sum(1 for char in body if char.isdigit()) for body in bodies)
    kind = "DOUBLE" if fractions or percent else _integer_type(digits, bodies)
    if kind == "VARCHAR":
        return Reading("text", note="numbers of more than 38 digits, kept as text")
    note = "; ".join(
        [
            *([] if style.name == "plain" else [style.name]),
            *(["percent: 12.5 stands for 12.5 %"] if percent else []),
            *([f"amounts in {next(iter(currencies))}"] if currencies else []),
            *(["numbers beyond 64 bits"] if kind.startswith("DECIMAL") else []),
        ]
    )
    simple = style.name == "plain" and not tokens and all(_bare(cell) for cell in cells)
    ambiguous = _ambiguous(bodies, style)
    marked = any("," in body or "." in body for body in bodies)
    warning = None
    if ambiguous and style.mark == "," and not hints.fixed_mark:
        sample = min(body for body in bodies if "," in body or "." in body)
        read = "a decimal comma" if "," in sample else "a thousands separator"
        warning = f"the mark in {sample!r} was read as {read}; the option decimal settles it"
    if simple:
        pattern = r"\s*[+-]?[0-9]+\s*" if not fractions else rf"\s*[+-]?{style.pattern}\s*"
        if kind == "BIGINT" and digits <= 18:
            pattern = r"\s*[+-]?(?:0|[1-9][0-9]{0,17})\s*"
        elif not fractions:
            pattern = r"\s*[+-]?(?:0|[1-9][0-9]{0,37})\s*"
        expression = f"TRY_CAST({{c}} AS {kind})"
    else:
        pattern, expression = _pattern(style, tokens), _expression(style, tokens, kind)
    return Reading(
        "number", kind, pattern, expression, checked=digits > 15, note=note or None, warning=warning,
        mark=style.mark if marked and not ambiguous else None, unit=_unit(tokens, currencies),
    )  # fmt: skip


def _unit(tokens: set[str], currencies: set[str]) -> str | None:
    """What to write beside the numbers: the sign if it is the only one used, else the currency's code."""
    signs = tokens & _SIGNS
    return next(iter(signs)) if len(signs) == 1 == len(tokens) else next(iter(currencies), None)


def _bare(cell: re.Match[str]) -> bool:
    """Whether a cell is a number as SQL writes it: nothing before it but a sign."""
    return cell["sign"] != "−" and len(cell["sign"] or "") + len(cell["body"].rstrip()) == len(cell[0])


def _integer_type(digits: int, bodies: list[str]) -> str:
    if digits <= 18:
        return "BIGINT"
    largest = max(int("".join(char for char in body if char.isdigit())) for body in bodies)
    if largest < 2**63:
        return "BIGINT"
    return f"DECIMAL({MAX_DECIMAL_DIGITS},0)" if digits <= MAX_DECIMAL_DIGITS else "VARCHAR"


def _ambiguous(bodies: list[str], style: _Style) -> bool:
    """Whether every mark stands before three digits alone, so that it could be either."""
    marked = [body for body in bodies if "," in body or "." in body]
    return bool(marked) and all(re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", body) for body in marked)


def _pattern(style: _Style, tokens: set[str]) -> str:
    ordered = sorted(tokens, key=len, reverse=True)
    before = "|".join(re.escape(word) for word in ordered if word != "%")
    after = "|".join(re.escape(word) for word in ordered)
    lead = f"(?:{before})?" if before else ""
    tail = f"(?:{after})?" if after else ""
    core = rf"{lead}\s*[+\-−]?\s*{style.pattern}\s*{tail}\s*-?"
    return rf"\s*(?:[+\-−]?\s*{core}|\(\s*{lead}\s*{style.pattern}\s*{tail}\s*\))\s*"


def _expression(style: _Style, tokens: set[str], kind: str) -> str:
    text = "{c}"
    words = "|".join(re.escape(token) for token in sorted(tokens - {"%"}, key=len, reverse=True))
    if words:
        text = f"regexp_replace({text}, {literal(words)}, '', 'g')"
    if style.name == "plain":
        text = f"regexp_replace({text}, '[^0-9.eE+-]', '', 'g')"
        number = f"TRY_CAST(rtrim(ltrim({text}, '+-'), '-') AS {kind})"
        negative = "regexp_matches({c}, '^[^0-9.]*[-−(]|-[^0-9]*$')"
        return f"CASE WHEN {negative} THEN -{number} ELSE {number} END"
    text = f"regexp_replace({text}, '[^0-9{style.mark}]', '', 'g')"
    if style.mark == ",":
        text = f"replace({text}, ',', '.')"
    number = f"TRY_CAST({text} AS {kind})"
    return f"CASE WHEN regexp_matches({{c}}, '[-−(]') THEN -{number} ELSE {number} END"
