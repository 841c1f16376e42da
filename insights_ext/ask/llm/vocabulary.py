"""Words that are no names: how sentences begin, numbers in words, months, days, and words for days."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The words of `text`."""
    return text.split()


_ONES = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
NUMBER_WORDS: dict[str, float] = {
    # "One" is rarely a number: "one of the regions", "the one with the most".
    **{word: value for value, word in enumerate(_ONES) if word != "one"},
    **{word: 10 * (k + 2) for k, word in enumerate(_TENS)},
    **{"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12},
    **{"hundreds": 100, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "dozens": 12},
    **{"half": 0.5, "halved": 0.5, "twice": 2, "double": 2, "doubled": 2, "thrice": 3},
    **{"triple": 3, "tripled": 3, "quadrupled": 4, "tenfold": 10, "twofold": 2, "threefold": 3},
    **{"third": 3, "quarter": 4, "thirds": 3, "quarters": 4, "fourth": 4, "fifth": 5, "tenth": 10},
}
"""Numbers in words; a sentence that uses one needs its value among the facts."""

MONTHS = frozenset(
    words("january february march april may june july august september october november december")
)
WEEKDAYS = frozenset(words("monday tuesday wednesday thursday friday saturday sunday"))
RELATIVE = frozenset(words("yesterday tomorrow tonight nowadays christmas easter"))

OPENERS = frozenset(
    words("""
    a about above according across added adding after again all almost also although altogether always
    among amongst an and another any apart are around as at
    based because before behind being below beside besides best between both bottom but by
    change changes clearly combined compared comparing conversely
    data despite due during
    each either equally especially even every everything except
    few fewer finally first followed for from further furthermore
    generally given grouped growth
    has have hence here highest how however
    if in including indeed instead is it its
    just
    largest last least less like likewise looking lowest
    many mean meanwhile more moreover most much
    near nearly neither no none nor not nothing notably now
    of on once only or other others otherwise out over overall
    part per perhaps
    rather respectively result results roughly
    same second seen several share similarly since slightly smallest so some still such sum
    than that the their them then there therefore these they this those through throughout thus to
    together top total totals toward towards
    under unlike until up upon
    values
    was we well were what when where whereas which while who whose with within without worst
    yes yet you your
    average averages count counts median number numbers percentage rows sales revenue profit profits costs
    cost customers orders products regions amount amounts price prices income spending
    """)
)
"""Words that may begin a sentence with a capital letter and are no names."""
