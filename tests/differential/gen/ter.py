"""Lines that are hard for TER -> fixtures/ter.json: edits, reference lengths and scores

Witness: sacreBLEU 2.6.0, `metrics.TER`, and numpy 2 for scores in 32 bits. Every pair of HAND_WRITTEN is crossed with all
16 options; made pairs take options at random. Random numbers are seeded, so the file is the same on every run.

Needs: pip install sacrebleu==2.6.0 numpy==2.*
Usage: python tests/differential/gen/ter.py
"""

import json
import random
from pathlib import Path

import numpy as np
import sacrebleu
from sacrebleu.metrics import TER

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "ter.json"
OPTIONS = ["normalized", "no_punct", "asian_support", "case_sensitive"]

HAND_WRITTEN = [  # hypothesis, references
    ("", [""]),
    ("", ["A word."]),
    ("Some words, here", [""]),
    ("Some words, here", ["", "some words here"]),
    (" \t\r\n\x1c", ["\x1d\x1e \x85\u3000"]),
    ("...!?", ["?!"]),
    ("( ) \" : ;", ["."]),
    ("The river rose by three metres.", ["The river rose by three metres."]),
    ("By three metres rose the river.", ["The river rose by three metres."]),
    ("the ministers met on Tuesday in the capital, officials said",
     ["On Tuesday, officials said, the ministers met in the capital.", "Ministers gathered in the capital on Tuesday."]),
    ("It's the minister's dogs' 's bowl, isn't it's", ["It 's the minister 's dogs ' bowl , is n't it's ."]),
    ("He paid $1,000.50 (about 3-4 %) -- on 5.6.2021, no. 7", ["He paid $ 1,000.50 ( about 3 - 4 % ) , on 5.6.2021 no.7."]),
    ("&quot;A &amp;lt; B&quot; &amp;quot; &AMP; &gt;", ["\"A < B\" &quot; & >", "&amp;amp;"]),
    ("a..b,,c.,d ,.5 5., .5. 1-2-3 x-1", ["a . . b , , c . , d , .5 5 . , . 5 1 - 2 - 3"]),
    ("end-\n-of line\n- dash\nnew\r\nline", ["end-of line dash new line\n"]),
    ("tabs\tand\x0bother\x0cspaces\x1cof\x1fall\u2028kinds\u200bhere\xa0now", ["tabs and other spaces of all kinds here now"]),
    ("it's\x1c", ["it 's"]),
    ("أعلن الوزير يوم الثلاثاء، أن النهر ارتفع ثلاثة أمتار.", ["يوم الثلاثاء أعلن الوزير أن النهر ارتفع ثلاثة أمتار؟"]),
    ("بلغ العدد ٣٫٥ (أو 3.5) مليون؛", ["بلغ العدد 3.5 مليون أو ٣٫٥."]),
    ("日本の首相は、「東京」で会談した。", ["首相は東京で「日本」と会談した!", "日本 の 首相 は 、 東京 で 会談 し た 。"]),
    ("ひらがなだけ", ["ひらがな だけ"]),
    ("カタカナ・だけ\nㇰㇱ", ["カタカナ だけ ㇰㇱ"]),
    ("中国，北京：（2021）！？．；＂㍻㌀⺀㇀﨑︰䶿㿿㈀", ["中 国 北京 ( 2021 ) ! ㍻ ㌀ 㿿"]),
    ("한국어 문장은 띄어 씁니다.", ["한국어 문장은 씁니다 띄어 ."]),
    ("fire 🔥🔥 and 👩‍👩‍👧 family 🇫🇷!", ["👩‍👩‍👧 family and fire 🔥 🔥 🇫🇷"]),
    ("ΟΔΥΣΣΕΥΣ ΣΑΣ. İSTANBUL STRASSE ǅ ﬁ K Å", ["οδυσσευς σας . i̇stanbul straße ǆ fi k å"]),
    ("{a} [b] ~c `d` ^e _f |g \\h @i =j <k> #l %m &n *o +p /q !r", ["{ a } [ b ] ~ c ` d ` ^ e _ f"]),
    ("a a a a a b", ["b a a a a a"]),
    ("a b a b a b a b c", ["c b a b a b a b a", "a b c a b c a b c"]),
    ("1 2 3 4 5 6 7 8 9 10 11 12 13 14", ["9 10 11 12 13 14 1 2 3 4 5 6 7 8", "8 7 6 5 4 3 2 1"]),
    ("x", [" ".join(f"w{i}" for i in range(130)) + " x"]),
    (" ".join(f"w{i}" for i in range(120)), ["w119", "w60 w61"]),
    # Runs that move further than a shift may, and further than the band reaches.
    (" ".join(f"w{i}" for i in range(140)), [" ".join(f"w{(i + 55) % 140}" for i in range(140))]),
    (" ".join(f"w{i}" for i in range(90)), [" ".join(f"w{(i + 30) % 90}" for i in range(90))]),
    (" ".join(f"w{i}" for i in range(60)), [" ".join(f"w{i}" for i in range(30, 60)) + " z" * 10]),
]


def sentence(rng, length, vocabulary):
    """Words drawn like those of a text, few of them often."""
    return [f"w{min(int(rng.paretovariate(0.7)), vocabulary)}" for _ in range(length)]


def disturbed(rng, words, vocabulary):
    """`words` after some of the edits that TER counts."""
    words = list(words)
    for _ in range(rng.randint(0, 1 + len(words) // 4)):
        edit, at = rng.randrange(4), rng.randrange(len(words) + 1)
        if edit == 0:
            words[at:at + 1] = []
        elif edit == 1:
            words[at:at] = sentence(rng, 1, vocabulary)
        elif edit == 2:
            words[at:at + 1] = sentence(rng, 1, vocabulary)
        else:
            end = min(len(words), at + rng.randint(1, 12))
            run, words[at:end] = words[at:end], []
            to = rng.randrange(len(words) + 1)
            words[to:to] = run
    return words


def pair(rng, longest):
    """A made hypothesis with its references."""
    vocabulary = rng.choice([2, 5, 20, 60, 400])
    words = sentence(rng, rng.randint(0, longest), vocabulary)
    unrelated = rng.random() < 0.15
    references = [
        sentence(rng, rng.randint(0, longest), vocabulary) if unrelated else disturbed(rng, words, vocabulary)
        for _ in range(rng.choice([1, 1, 1, 2, 3]))
    ]
    return " ".join(words), [" ".join(reference) for reference in references]


PIECES = list("aB's.,-:;!?\"()&5 0 9 \n\t\r'_{}~[]`/+@ ") + [
    "&quot;", "&amp;", "&lt;", "&gt;", "'s ", "'s", "\n-", "-\n", "1.5", "3,", ".4", "5-", "日", "本", "、", "。", "「", "ひら",
    "カタ", "・", "．", "，", "？", "㈀", "㼀", "㌀", "﨑", "︰", "⺀", "㇀", "｡", "ㇰ", "ش", "،", "؟", "٣", "É", "İ", "Σ", "🔥", "\x1c", "\x85",
    "\u2028", "\u3000", "\u200b", "\xa0", "the ", "A ", "cat "]


def hostile(rng):
    """Characters that a tokenizer may stumble over."""
    line = [rng.choice(PIECES) for _ in range(rng.randint(0, 30))]
    reference = list(line)
    rng.shuffle(reference)
    return "".join(line), ["".join(reference[:rng.randint(0, 30)]), "".join(line[::-1])][:rng.randint(1, 2)]


def metric(bits):
    return TER(**{option: bool(bits >> bit & 1) for bit, option in enumerate(OPTIONS)})


METRICS = [metric(bits) for bits in range(16)]


def case(hypothesis, references, bits):
    """What the witness says; bit `i` of `bits` is `OPTIONS[i]`."""
    witness = METRICS[bits]
    edits, length = witness._extract_corpus_statistics([hypothesis], [[line] for line in references])[0]
    score = witness.sentence_score(hypothesis, references).score
    single = witness._compute_score_from_stats(np.array([edits, length], dtype="float32")).score
    return {"hypothesis": hypothesis, "references": references, "options": bits, "edits": edits, "length": length,
            "score": score, "score_in_32_bits": float(single)}


def main():
    rng = random.Random(20)
    cases = [case(*line, bits) for line in HAND_WRITTEN for bits in range(16) if bits == 0 or len(line[0]) < 300]
    cases += [case(*pair(rng, 30), rng.randrange(16)) for _ in range(250)]
    cases += [case(*pair(rng, 80), 0) for _ in range(60)]
    cases += [case(*pair(rng, 220), 0) for _ in range(12)]
    cases += [case(*hostile(rng), rng.randrange(16)) for _ in range(350)]
    signatures = []
    for witness in METRICS:
        witness.corpus_score(["a"], [["a"]])
        signatures.append(witness.get_signature().format())
    fixture = {
        "witness": {"sacrebleu": sacrebleu.__version__, "numpy": np.__version__},
        "options": OPTIONS,
        "signatures": signatures,
        "cases": cases,
    }
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps(fixture, ensure_ascii=False) + "\n", encoding="utf-8")
    print(len(cases), "cases,", FIXTURE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
