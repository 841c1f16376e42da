"""Ordinary English words of sentences about figures: what a model may write in small letters.

A name may be written small, too, so a word that is neither here, nor in the data, nor in the question, may be
one. Endings are taken off first.
"""

from __future__ import annotations

from .vocabulary import NUMBER_WORDS, OPENERS, words

_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "est", "'s")

COMMON = frozenset(
    words("""
    ability able absolute accordingly account accounting accurate achieve achievement active activity actual
    add addition additional adjust advance advantage affect against age agree ahead aim all allow alone
    along alongside already alternative although altogether amid among amounts an analyse analysis analyze
    annual answer any anyone anything apart apiece apparent appear apply approach appropriate approximate
    are area aren arise as aside assess associate assume at attract available average averaged averages away
    back balance band base basic basis be bear beat become been begin beginning behave behind being believe
    belong below beneath benefit beside better big bigger bit book both bought branch break brief bring
    brings broad brought build bulk business busy buy buyer by calculate call came can cannot capture care
    carry case cash catch category cause cell cent center central cents certain chance channel charge chart
    check choice choose chosen city claim class clear close closely cluster coincide collect column combine
    combined come comes common comparable compare comparison complete comprise concentrate concern conclude
    condition confirm connect consecutive consider considerable consist consistent constant contain continue
    contract contrast contribute contribution convert correct correlate correlation correspond could country
    couple course cover create current currently cut cycle daily date day deal decline decrease deep
    definite degree deliver delivery demand department depend describe despite detail determine develop
    deviation did didn differ difference different difficult dip direct direction discount display distance
    distinct distribute distribution divide do does doesn dollar dollars dominant dominate don done down
    downward drive driven drop due duration each early earn earned earns easy edge effect effective either
    element else emerge empty end enough enter entire entry equal establish estimate etc euro euros even
    evenly ever every evident exact example exceed exceptional exclude exist expect expensive explain
    explanation express extend extent extra extreme fact factor fail fair fairly fall fallen far fast favor
    favour feature fell fewer fewest field figure fill final find fine finish fit fix flat fluctuate focus
    follow followed for force form former forward found frequency frequent from full fully gain gap gather
    gave general generate generated get give go goes gone good got grade gradual great greater grew group
    grow growth guide had hand happen hard hardly has hasn have haven he head heavy held help her high
    highest hit hold holding home hour how huge idea identical identify ignore imply important improve
    improvement in inch income increase indeed independent index indicate individual industry influence
    instance intend intercept interest interval into invoice involve is isn it item its itself join joint
    judge jump keep kept key kind know known lack lag large late later lead leader leading leads least leave
    led left length less let level lie light like likely limit line linear link list listed little local
    location long longer look lose loss lost lot low lower lowest made main mainly maintain major majority
    make manage manner many margin mark marked market match material matter maximum may me mean meaningful
    measure median medium meet member middle might mild mine minimum minor minority mix mixed model moderate
    moment month monthly more most mostly move movement much multiple must name namely narrow near nearly
    need negative never new next night no nobody none normal normally not notable note noted nothing notice
    observe obtain obvious occur odd of off offer often old on once ones ongoing only open or order ordinary
    originate other our outcome outlier outlying outpace outperform output outside outweigh over overall
    overview own pace page paid pair part partial particular party past path pattern pay payment peak people
    per percent percentage percentages percentile perform performance period person phase pick picture piece
    place plain plus point poor popular portion position positive possible potential pound pounds precise
    predominant presence present pretty previous primarily primary prior probable problem process produce
    product proportion proportional proportionate prove provide purchase pure push put quarterly quartile
    question quick quiet quite raise range rank ranked ranks rapid rare rate rather ratio reach read real
    reason receive recent record recover reduce reduction refer reflect regard regress regular relate
    relation relationship relative reliable remain remainder remarkable repeat report represent request
    require respect respectively responsible rest restrict reveal review right rise risen role room rose
    roughly round row run running said sale same sample saw say scale scatter score seasonal section see
    seem seen segment select sell seller selling send separate sequence series set settle several shape
    share shares sharp she shift ship short should show shown side sight significance significant similar
    simple simply since single size skew slice slide slight slope slow small so sold solid some somewhat
    soon sort source span special specific spend spent split spread stable stand standard standing start
    state statistic stay steady steep step still stock stood store straight strength strong structure study
    subset substantial succeed such sudden suggest summarise summarize summary supply support sure surge
    surpass table tail take taken tall target team tell tend tendency tends term test than that the them
    there they thing think this those though tie tied time tiny to today together told too took topmost
    topped topping tops total totaled totalled totalling totals toward track trade trail trails trend trip
    true turn type typical unclear undefined under underlying uneven uniform unique unit unknown unless
    unlike unusual up upper upward us use useful user usual usually valid value variance variation varied
    various vary versus very via view visible visit volume vs want was wasn watch way weak wealth week
    weekly weight went were weren whether which wide widest will win winner with within won word work worth
    would write written wrong year yearly yesterday yield young zone
    """)
)


_ALL = COMMON | OPENERS | set(NUMBER_WORDS) | {"one"}
"""Numbers in words among them: their origin is looked for elsewhere."""


def is_common(word: str) -> bool:
    """Whether `word`, in small letters, is an ordinary word, with or without an ending."""
    if word in _ALL:
        return True
    parts = word.replace("’", "-").replace("'", "-").split("-")
    if len(parts) > 1:
        return all(part in ("", "s", "t") or is_common(part) for part in parts)
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in _ALL
            if stem in _ALL or f"{stem}e" in _ALL or doubled:
                return True
            if stem.endswith("i") and f"{stem[:-1]}y" in _ALL:
                return True
    return False
