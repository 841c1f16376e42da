"""What a column is about, from its type, its name and its values: id, category, measure, currency, …"""

from __future__ import annotations

import re
from collections.abc import Callable

from ....schemas import SemanticType
from ....wording import normalise
from .columns import ColumnProfile

MIN_PATTERN_SHARE = 0.9
MAX_CATEGORIES = 50
MAX_CATEGORY_SHARE = 0.5
MAX_CODES = 20
KEY_CHARS = 64

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}")
_URL = re.compile(r"(?:https?|ftp)://\S+|www\.[^\s.]+\.\S+", re.I)
_CODE = re.compile(r"[\w.:#-]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ID_WORDS = _set("id ids key code codes uuid guid identifier pk sku isbn ean vin iban no nr num number")
_STRONG_ID_WORDS = _set("id ids key uuid guid identifier pk")
_PLACES = _set(
    "country countries nation city cities town state states province county zip zipcode postcode postal "
    "continent municipality latitude longitude lat lon lng geo borough stadt pays ville pais ciudad"
)
_MONEY = _set(
    "price prices revenue revenues cost costs amount amounts sales salary salaries wage wages income profit "
    "spend spending budget fee fees fare payment payments balance turnover expense expenses tax taxes usd "
    "eur gbp dollar dollars euro euros chf msrp gdp gross earnings invoice paid preis umsatz kosten prix"
)
_NOT_MONEY = _set("pct percent percentage rate ratio share count quantity qty units change index rank")
_LATITUDE = frozenset({"lat", "latitude"})
_LONGITUDE = frozenset({"lon", "lng", "long", "longitude"})
_POSTAL = frozenset({"zip", "zipcode", "postcode", "postal", "plz"})
_YEARS = frozenset({"year", "years", "yr", "jahr"})


def words(name: str) -> set[str]:
    """The words of a column name, ``unitPrice`` and ``unit_price`` alike."""
    return set(normalise(_CAMEL.sub(" ", name)).split())


def pattern_shares(column: ColumnProfile) -> None:
    """Note how many of the known values of a text column look like e-mail addresses or URLs."""
    total = sum(count for _, count in column.top)
    if column.kind != "text" or not total:
        return
    tests: dict[str, Callable[[str], object]] = {"email": _EMAIL.fullmatch, "url": _URL.fullmatch}
    for name, matches in tests.items():
        hits = sum(count for value, count in column.top if matches(value.strip()))
        column.shares[name] = hits / total


def is_key(column: ColumnProfile) -> bool:
    """Whether the column likely identifies rows: unique, never null, and a whole number or a short text.

    Without an id-like name a whole number must be dense (a running number) and a text must look like a
    code or an e-mail address, since measures and names can be unique by chance.
    """
    stats = column.stats
    if not stats.get("unique") or stats["null_count"] or column.rows < 2:
        return False
    named = bool(words(column.name) & _ID_WORDS)
    if column.kind == "text":
        longest = (stats.get("text_lengths") or {}).get("max", KEY_CHARS + 1)
        telling = named or _codes(column) or column.shares.get("email", 0) >= MIN_PATTERN_SHARE
        return longest <= KEY_CHARS and (telling or column.type_id == "uuid")
    if not column.whole:
        return False
    if named:
        return True
    low, high = int(stats["min"]), int(stats["max"])
    return (
        0 <= low <= 10**6 and high - low + 1 <= 1.2 * column.rows and bool(low in (0, 1) or column.rows > 10)
    )


def semantic_type(column: ColumnProfile) -> SemanticType:
    """The likely meaning of a column whose other fields are filled in."""
    if column.count == 0:
        return "empty"
    if column.kind in ("date", "boolean", "nested", "binary"):
        return column.kind
    return _text(column) if column.kind == "text" else _number(column)


def _text(column: ColumnProfile) -> SemanticType:
    named, distinct = words(column.name), column.distinct or 0
    if column.shares.get("email", 0) >= MIN_PATTERN_SHARE:
        return "email"
    if column.shares.get("url", 0) >= MIN_PATTERN_SHARE:
        return "url"
    lengths = column.stats.get("text_lengths") or {"mean": 0.0, "max": 0}
    if named & _PLACES and not named & _STRONG_ID_WORDS and lengths["mean"] <= 60:
        return "geographic"
    if column.type_id == "uuid" or (column.stats.get("likely_key") and (named & _ID_WORDS or _codes(column))):
        return "id"
    if named & _STRONG_ID_WORDS and lengths["max"] <= KEY_CHARS:
        return "id"
    few = distinct <= max(2, min(MAX_CATEGORIES, MAX_CATEGORY_SHARE * column.count))
    repeated = distinct <= 0.05 * column.count and distinct <= 1000
    return "category" if (few or repeated) and lengths["mean"] <= 60 else "text"


def _codes(column: ColumnProfile) -> bool:
    """Whether the samples are codes such as ``A-17``: no spaces, a digit in each."""
    texts = [str(value) for value in column.samples]
    return bool(texts) and all(_CODE.fullmatch(text) and any(c.isdigit() for c in text) for text in texts)


def _number(column: ColumnProfile) -> SemanticType:
    named, stats = words(column.name), column.stats
    low, high = stats.get("min"), stats.get("max")
    if low is not None and high is not None:
        low_value, high_value = float(low), float(high)
        if (named & _LATITUDE and low_value >= -90 and high_value <= 90) or (
            named & _LONGITUDE and low_value >= -180 and high_value <= 180
        ):
            return "geographic"
        if column.whole and named & _YEARS and low_value >= 1000 and high_value <= 2999:
            return "date"
    if column.whole and (named & _POSTAL):
        return "geographic"
    if column.whole and (stats.get("likely_key") or named & _STRONG_ID_WORDS):
        return "id"
    unit = stats.get("unit")
    if (unit is not None and unit != "%") or (named & _MONEY and not named & _NOT_MONEY and unit != "%"):
        return "currency"
    distinct = column.distinct or 0
    if column.whole and distinct <= 2 and {low, high} <= {0, 1}:
        return "category"
    codes = named & {
        "code",
        "codes",
        "class",
        "type",
        "category",
        "group",
        "level",
        "grade",
        "cluster",
        "status",
    }
    return "category" if column.whole and codes and distinct <= MAX_CODES else "measure"
