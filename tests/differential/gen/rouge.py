"""ROUGE of short and long texts, and stems of words -> fixtures/rouge.json

Witness: rouge-score 0.1.2 (`RougeScorer.score_multi`, `split_summaries` off) and the PorterStemmer of NLTK that it uses.
Texts are hand-picked traps and sentences drawn from a small vocabulary with a fixed seed. Each row of `cases` is
`[hypothesis, references, scores]`; `scores` holds one `[precision, recall, fmeasure]` for each of `kinds` without, then
with the stemmer. `stems` are `[word, stem]`: every root with every ending of the rules, and random strings.

Needs: pip install rouge-score==0.1.2 nltk==3.10.*
Usage: python tests/differential/gen/rouge.py
"""

import json
import random
from importlib.metadata import version
from pathlib import Path

from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "rouge.json"
KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
PAIRS, STEMS = 150, 3000
ROOTS = """a be co fly sky tie die hop hope fall hiss fizz trouble conflat siz tann agre fe bl plaster motor relat condition ration
valenc hesit digit conform radic different vil analog vietnam predic oper feud decis hopeful call formal sensit sensib triplic form
electr good reviv allow infer airlin gyroscop adjust defens irrit replac depend adopt homolog commun activ angular effect bowdler
prob rat ceas control roll geo archaeo theo philo enjoy spy yy yay say syzyg ox ax in on it up box flow 19 2024 3d mp3 x1y
minister negotiat announc""".split()
ENDINGS = """s es ies sses ss ed ied eed ing y ational tional enci ency anci ancy izer bli ably abli alli ally entli ently eli ely ousli
ously ization ation ator alism iveness fulness ousness aliti ality iviti ivity biliti bility fulli fully logi logy icate ative alize
iciti icity ical ful ness al ance ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll lled lling
ying yed ated bled ized at bl iz""".split()
IRREGULAR = "sky skies dying lying tying news innings inning outings outing cannings canning howe proceed exceed succeed".split()
WORDS = """the the the a of of in to and said minister ministers negotiations negotiating negotiated government governments agency
happily happiness happy running runs ran relational relate rationally ties tied dying news skies 2024 3 5 100 percent prices priced
price study studies studied scientist scientists' diagnostic tool it's don't re-elected U.S. EU Cairo Stanford cells sorting sorted
sorts printable printed printing café naïve one-tenth $5bn 10:30 وزير القاهرة 新闻 😀 — … « »""".split()
TRAPS = [
    ("", [""]), ("", ["a"]), ("a", [""]), (" ", ["a b"]), ("a b", ["a b"]), ("A B", ["a b"]), ("a", ["a"]), ("a a a", ["a"]),
    ("a", ["a a a"]), ("...", ["..."]), ("?!", ["a ?!"]), ("a.b,c", ["a b c"]), ("a_b", ["a b"]), ("don't", ["dont"]), ("don't", ["don t"]),
    ("😀", ["😀"]), ("go 😀 go", ["go go"]), ("👍🏽 ok", ["ok"]), ("قال الوزير", ["قال الوزير"]), ("قال 5 وزراء", ["قال 5 وزير"]),
    ("٥", ["5"]), ("café", ["cafe"]), ("café", ["caf"]), ("naïve idea", ["na ve idea"]), ("\u212a", ["k"]), ("\u212aelvin", ["kelvin"]),
    ("İstanbul", ["i stanbul"]), ("İ", ["i"]), ("I", ["ı"]), ("ſ", ["s"]), ("straße", ["STRASSE"]), ("ﬁne", ["fine"]), ("ａｂ", ["ab"]), ("½", ["1 2"]),
    ("a\tb", ["a b"]), ("a\rb", ["a b"]), ("a\r\nb", ["b\r\na"]), ("a\nb", ["b\na"]), ("a b\nc d", ["c d\na b"]), ("a\n\n\nb", ["a\nb"]),
    ("\n", ["\n"]), ("\na", ["a\n"]), ("a\u2028b", ["b\u2028a"]), ("a\x0bb\x0cc", ["c\x0bb\x0ca"]), ("a\x85b", ["b\x85a"]), ("a\x1eb", ["b\x1ea"]),
    ("a\u00a0b", ["a b"]), ("a\u200bb", ["ab"]), ("a\u0301b", ["ab"]), ("a\0b", ["a b"]), ("\ufeffa", ["a"]),
    ("!\na b", ["a b\n?"]), ("1\n2\n3", ["3\n2\n1"]), ("w x y z", ["w y x z"]), ("a b a b", ["b a b a"]), ("a b c a b", ["a b\na c b"]),
    ("w1 w2 w6 w7\nw1 w3 w8 w9 w5", ["w1 w2 w3 w4 w5"]), ("a a b\na b b", ["a b\na\nb b a"]), ("x a x b x", ["a b x\nx x a"]),
    ("a b", ["c d", "a b"]), ("a b", ["a b", "a b c"]), ("a b c", ["a", "a b c d e f", "c"]), ("a b", ["a x", "b y z"]), ("a b", ["x a", "a x", "x"]),
    ("a b", ["x", "y"]), ("", ["", "a"]), ("a b c d", ["a b", "a b c d e f g h"]), ("a\nb", ["b\na", "a b", "ab"]),
    ("running", ["runs"]), ("was", ["wa"]), ("ties", ["tie"]), ("dies skies", ["die sky"]), ("the news", ["the new"]), ("generalizations", ["general"]),
    ("oversimplification", ["oversimplif"]), ("yes eye yyyy", ["ye ey yyyi"]), ("1990s", ["1990"]), ("2024ed", ["2024"]), ("abcd1ing", ["abcd1"]),
]


def sentence(draw, length):
    words = [draw.choice(WORDS) for _ in range(length)]
    return "".join(word + draw.choice([" ", " ", " ", " ", ", ", ". ", "\t", "  "]) for word in words).strip() + draw.choice([".", "", "!", " ?"])


def text(draw, lines, length):
    breaks = ["\n", "\n", "\n", "\r\n", "\n\n", "\n \n", "\r"]
    return "".join(sentence(draw, draw.randint(0, length)) + draw.choice(breaks) for _ in range(lines)).strip(draw.choice(["", "\n"]))


def kin(draw, word):
    return draw.choice([other for other in WORDS if other[:4] == word[:4]] or [word])


def edited(draw, original):
    words = original.split(" ")
    if draw.random() < 0.6:
        words = [kin(draw, word) for word in words]
    for _ in range(len(words) // 4 + 1):
        at = draw.randrange(len(words))
        words[at:at + 1] = draw.choice([[], [draw.choice(WORDS)], [words[at], words[at]], [words[at] + "\n"], [words[at].upper()]]) or [""]
    if draw.random() < 0.3:
        cut = draw.randrange(len(words))
        words = words[cut:] + words[:cut]
    return " ".join(words)


def drawn_pairs(draw):
    for number in range(PAIRS):
        lines = 1 if number % 3 == 0 else draw.randint(2, 6)
        original = text(draw, lines, 24 if lines == 1 else 12)
        references = [edited(draw, original) if draw.random() < 0.7 else text(draw, lines, 12) for _ in range(draw.choice([1, 1, 2, 3]))]
        yield original, references
    long = text(draw, 30, 20)
    yield long, [edited(draw, long)]
    yield long.replace("\n", " "), [edited(draw, long.replace("\n", " "))]


def words(draw):
    found = IRREGULAR + [root + ending for root in ROOTS for ending in ENDINGS]
    found += ["".join(draw.choice("aeiouylsstzbcdgn1") for _ in range(draw.randint(1, 9))) + draw.choice(["", *ENDINGS]) for _ in range(STEMS)]
    picked = set(draw.sample(found, STEMS)) | set(IRREGULAR)
    return sorted(picked)


def main():
    draw = random.Random(20040725)
    scorers = [RougeScorer(KINDS, use_stemmer=stemmer) for stemmer in (False, True)]
    cases = []
    for hypothesis, references in [*TRAPS, *drawn_pairs(draw)]:
        found = [scorer.score_multi(references, hypothesis) for scorer in scorers]
        cases.append([hypothesis, references, [list(scores[kind]) for scores in found for kind in KINDS]])
    stemmer = PorterStemmer()
    stems = [[word, stemmer.stem(word)] for word in words(draw)]
    header = {name: version(name) for name in ("rouge-score", "nltk")}
    rows = {"cases": ",\n".join(json.dumps(row, ensure_ascii=False) for row in cases), "stems": json.dumps(stems)[1:-1]}
    body = ",\n".join(f'"{key}":[\n{value}\n]' for key, value in rows.items())
    FIXTURE.write_text("{" + f'"header":{json.dumps(header)},\n"kinds":{json.dumps(KINDS)},\n{body}' + "}\n", "utf-8")


if __name__ == "__main__":
    main()
