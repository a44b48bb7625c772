"""Makes articles with claims of known truth from sentences that translate one another.

    python tests/bench/claims/generate.py CORPUS OUT --part dev --seed 1
    python tests/bench/claims/generate.py CORPUS OUT --part test --seed 1001

CORPUS holds files `*.tsv` with lines `arabic<TAB>english<TAB>domain` in document order; development and test articles come
from different files. An article is 8 to 20 neighbouring lines. A true claim is the human translation of a line, a false one
that translation with one change, or a line of another document. OUT gets articles/NAME.json and PART.jsonl in the format of
tests/data/claims/README.md. What is changed is found by rules, not by a reader: a few changes make clumsy English, and a few
may leave the truth as it was. Standard library only.
"""

import argparse
import json
import random
import re
import unicodedata
from pathlib import Path

FILES = {"dev": ["01_flores_dev", "03_xquad", "05_mtgeneval"], "test": ["08_tico19", "09_ud_pud", "10_un_sdg"]}
MONTHS = ("January February March April May June July August September October November December").split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty".split()
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
PERCENT = re.compile(rf"(?<![\d.,\-–])({NUMBER})(?=\s?(?:%|per ?cent\b))")
MONEY = re.compile(rf"(?<=[$€£])\s?({NUMBER})(?![\d,.]*\d)|(?<![\d.,])({NUMBER})"
                   r"(?=\s(?:(?:thousand|million|billion)\s)?(?:US\s)?(?:dollars|euros|pounds|francs|rupees|yen)\b)")
PLAIN = re.compile(rf"(?<![\w$€£.,:/\-–])({NUMBER})(?![\w%:/\-–]|[.,]\d|\s?(?:%|per ?cent|dollars|euros|million dollars))")
WORD_NUMBER = re.compile(rf"\b({'|'.join(WORDS)})\b")
YEAR = re.compile(rf"(?:\b(?:[Ii]n|[Ss]ince|[Bb]y|[Uu]ntil|[Dd]uring)\s|(?:{'|'.join(MONTHS)})\s(?:\d+,\s)?)"
                  r"(1[0-9]\d\d|20\d\d)\b(?![–-])")
MONTH = re.compile(rf"(?:(?<=\d\s)|(?<=\b[Ii]n\s))({'|'.join(MONTHS)})\b|\b({'|'.join(MONTHS)})(?=\s\d)")
DAY = re.compile(rf"\b({'|'.join(DAYS)})\b")
NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-zà-ÿ]+(?: (?=[A-Z][a-zà-ÿ]))?)+")
TITLES = set("Mr Mrs Ms Dr Sir President Prime Minister King Queen The General Day Christmas English French Internet".split())
AUXILIARY = re.compile(r"\b(is|are|was|were|has been|have been|had been|can|will|would|must)\b(?! (?:not|only|never)\b)")
DENIAL = re.compile(r"\b(is|are|was|were|has|have|had|can|will|would|did|does|do)(?: not|n't|n’t)\b(?! only)|\b(can)not\b")
MAY = re.compile(r"\b(may|might)\b(?! not)|\b(?:is|are) (?:likely|expected) to\b")
VERBS = re.compile(r"\b(defeated|beat|succeeded|replaced|told|asked|accused|appointed|invaded|attacked|killed|sold|bought|"
                   r"acquired|taught|influenced|supported|criticized|criticised|founded|wrote|directed|sent|gave|joined|"
                   r"followed|conquered|ruled|controlled|created|introduced|visited|called|than|by|over|from .{2,30} to)\b")
JOINTS = re.compile(r", (?:and|but|while|which|where|who|so|as)\b|,? (?:because|although|after|before|when|while)\b")


def words(text):
    return set(re.findall(r"\w+", text.casefold()))


def alike(one, other):
    """Share of words that two sentences have in common, 0 to 1."""
    one, other = words(one), words(other)
    return len(one & other) / max(1, len(one | other))


def pairs(file):
    """Whole sentences of a file with their line numbers, no questions, no labels, nothing twice."""
    found, seen = [], set()
    for at, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        arabic, english, domain = line.split("\t")[:3]
        arabic, english = (" ".join(unicodedata.normalize("NFC", cell).split()) for cell in (arabic, english))
        if domain == "ui" or not 6 <= len(english.split()) <= 45 or len(arabic.split()) < 4 or english in seen:
            continue
        whole = re.search(r"[.!”\"]$", english) or file.stem == "10_un_sdg"
        glued = re.search(r"[a-z][.:][A-Z]", english)
        if not whole or glued or english[0].islower() or "?" in english or not re.search("[ء-ي]", arabic):
            continue
        seen.add(english)
        found.append((at, arabic, english))
    return found


def articles(file, count, rng):
    """Runs of neighbouring lines that do not overlap; lines that repeat one of their article are left out."""
    lines, at, runs = pairs(file), 0, []
    while at + 8 <= len(lines):
        size = rng.randint(8, 20)
        run = []
        for line in lines[at:at + size]:
            if all(alike(line[2], other[2]) < 0.5 for other in run):
                run.append(line)
        if len(run) >= 8:
            runs.append(run)
        at += size
    for run in sorted(rng.sample(runs, min(count, len(runs)))):
        sizes, rest = [], len(run)
        while rest:
            sizes.append(min(rest, rng.randint(2, 4)))
            rest -= sizes[-1]
        numbers = iter(range(len(run)))
        yield {"id": f"{file.stem}-{run[0][0] + 1:04}", "title_ar": "", "title_en": "",
               "sentences": [{"ar": arabic, "en": english} for _, arabic, english in run],
               "paragraphs": [[next(numbers) for _ in range(size)] for size in sizes]}


def replaced(text, match, group, new):
    return text[:match.start(group)] + new + text[match.end(group):]


def pick(pattern, text, rng):
    """A match of a pattern and the group that took part in it."""
    matches = list(pattern.finditer(text))
    if not matches:
        return None, 0
    match = rng.choice(matches)
    return match, match.lastindex or 0


def other_number(written, text, rng):
    """A number with as many digits that the text does not hold."""
    digits = [at for at, letter in enumerate(written) if letter.isdigit()]
    for _ in range(20):
        letters = list(written)
        if rng.random() < 0.5 and len(digits) > 1:
            one, two = rng.sample(digits, 2)
            letters[one], letters[two] = letters[two], letters[one]
        else:
            letters[rng.choice(digits)] = rng.choice("123456789")
        made = "".join(letters)
        if made != written and letters[0] != "0" and made not in re.findall(NUMBER, text):
            return made
    return None


def change_digits(pattern):
    def change(text, _, rng):
        match, group = pick(pattern, text, rng)
        new = match and other_number(match[group].strip(), text, rng)
        return new and replaced(text, match, group, match[group].replace(match[group].strip(), new))
    return change


def change_number(text, article, rng):
    match, group = pick(WORD_NUMBER, text, rng)
    digits = [m for m in PLAIN.finditer(text) if not re.fullmatch(r"1[0-9]\d\d|20\d\d", m[1])
              and not re.search(rf"(?:{'|'.join(MONTHS)}) $", text[:m.start()])
              and not re.match(rf"(?:st|nd|rd|th)? (?:{'|'.join(MONTHS)})|\s?[$€£]", text[m.end():])]
    if digits and (not match or rng.random() < 0.7):
        found = rng.choice(digits)
        new = other_number(found[1], text, rng)
        return new and replaced(text, found, 1, new)
    if match:
        new = rng.choice([word for word in WORDS if word not in words(text)])
        return replaced(text, match, group, new)
    return None


def change_date(text, _, rng):
    for pattern, names in rng.sample([(MONTH, MONTHS), (DAY, DAYS), (YEAR, None)], 3):
        match, group = pick(pattern, text, rng)
        if not match:
            continue
        if names:
            new = rng.choice([name for name in names if name not in text])
        else:
            new = str(min(2029, int(match[group]) + rng.choice((-11, -7, -5, -3, -2, -1, 1, 2, 3, 4, 6, 9))))
        if new not in text:
            return replaced(text, match, group, new)
    return None


def names(text):
    """Names inside a sentence: capitals that no sentence begins with."""
    return [m for m in NAME.finditer(text)
            if not words(m[0]) & words(" ".join([*MONTHS, *DAYS, *TITLES])) and len(m[0]) > 3]


def foreign(name, text):
    """Whether a name shares no word and no beginning with a text, so that it cannot be an alias."""
    return not any(part.casefold()[:4] in text.casefold() for part in name.split())


def change_name(text, article, rng):
    mine = names(text)
    if not mine:
        return None
    match = rng.choice(mine)
    before = text[:match.start()].split()[-1]
    rest = [sentence["en"] for sentence in article["sentences"]]
    options = [(other[0], line[:other.start()].split()[-1]) for line in rest for other in names(line)]
    options = [option for option in options if foreign(option[0], text)] or \
        [option for option in article["elsewhere"] if foreign(option[0], text)]
    fits = [name for name, word in options if word == before and len(name.split()) == len(match[0].split())]
    fits = fits or [name for name, word in options if word == before]
    return replaced(text, match, 0, rng.choice(fits)) if fits else None


def change_negation(text, _, rng):
    match = DENIAL.search(text)
    if match:
        return text[:match.start()] + (match[1] or match[2]) + text[match.end():]
    match = AUXILIARY.search(text)
    if not match or re.search(r"\b(no|not|never|nor|none|neither|few|little)\b|n['’]t\b", text, re.I):
        return None
    first, *more = match[0].split()
    return text[:match.start()] + " ".join([first, "not", *more]) + text[match.end():]


def change_modality(text, _, rng):
    match = MAY.search(text)
    return match and text[:match.start()] + "will" + text[match.end():]


def change_role(text, _, rng):
    """Exchanges two names with a verb between them that does not work both ways."""
    mine = names(text)
    start = re.match(r"(?:[A-Z][a-zà-ÿ]+ ?){1,3}(?= [a-z])", text)
    if start and not start[0].split()[0] in ("The", "A", "An", "In", "On", "At", "He", "She", "It", "They", "This", "These",
                                             "His", "Her", "Their", "As", "For", "By", "After", "When", "While", "There"):
        mine = [start, *mine]
    for one, two in zip(mine, mine[1:]):
        between = text[one.end():two.start()]
        if one.end() <= two.start() and len(between.split()) <= 8 and VERBS.search(between) \
                and not re.search(r"\b(and|or|with|of)\b|,", between) and foreign(two[0], one[0]):
            return text[:one.start()] + two[0].strip() + text[one.end():two.start()] + one[0].strip() + text[two.end():]
    return None


CHANGES = {"number": change_number, "percentage": change_digits(PERCENT), "money": change_digits(MONEY), "date": change_date,
           "name": change_name, "negation": change_negation, "modality": change_modality, "role": change_role}


def mixed(article, rng):
    """First half of one sentence, second half of another that is joined by the same word."""
    halves = [(at, m[0].strip(" ,"), sentence["en"][:m.start()], sentence["en"][m.start():])
              for at, sentence in enumerate(article["sentences"]) for m in JOINTS.finditer(sentence["en"])]
    halves = [half for half in halves if min(len(half[2].split()), len(half[3].split())) >= 4]
    fits = [(one, two) for one in halves for two in halves if one[0] != two[0] and one[1] == two[1]]
    if not fits:
        return None
    one, two = rng.choice(fits)
    return one[2] + two[3], sorted((one[0], two[0]))


def claims(article, others, rng):
    """True and false claims of one article; each false kind at most twice, each sentence changed at most twice."""
    sentences, made, used = article["sentences"], [], []
    for at in sorted(rng.sample(range(len(sentences)), min(5, len(sentences)))):
        made.append(("true", "copy", sentences[at]["en"], [at], "The human translation of the sentence, unchanged."))
    for kind, change in CHANGES.items():
        found = 0
        for at in rng.sample(range(len(sentences)), len(sentences)):
            new = change(sentences[at]["en"], article, rng) if found < 2 and used.count(at) < 2 else None
            if new and new != sentences[at]["en"]:
                found += 1
                used.append(at)
                made.append(("false", kind, new, [at], f"Changed from: {sentences[at]['en']}"))
    mix = mixed(article, rng)
    if mix:
        made.append(("false", "mixed", *mix, "Halves of two sentences joined."))
    far = [line for line in others if all(alike(line, sentence["en"]) < 0.2 for sentence in sentences)]
    made.append(("false", "unsupported", rng.choice(far), [], "A sentence of another document."))
    seen = set()
    for label, kind, claim, evidence, reason in made:
        if claim not in seen and not re.search("[ء-ي]", claim):
            seen.add(claim)
            yield {"id": f"{article['id']}-{len(seen):02}", "article": article["id"], "language": "en", "claim": claim,
                   "label": label, "kind": kind, "evidence": evidence, "reason": reason}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", choices=("dev", "test"), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--articles", type=int, default=20, help="at most so many of each file")
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    made = [(name, article) for name in FILES[asked.part]
            for article in articles(asked.corpus / f"{name}.tsv", asked.articles, rng)]
    (asked.out / "articles").mkdir(parents=True, exist_ok=True)
    lines = []
    for _, article in made:
        others = [sentence["en"] for _, other in made if other is not article for sentence in other["sentences"]]
        article["elsewhere"] = [(m[0], line[:m.start()].split()[-1]) for line in others for m in names(line)]
        lines += claims(article, others, rng)
        del article["elsewhere"]
        text = json.dumps(article, ensure_ascii=False, indent=1) + "\n"
        (asked.out / "articles" / f"{article['id']}.json").write_text(text, encoding="utf-8")
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (asked.out / f"{asked.part}.jsonl").write_text(text, encoding="utf-8")
    print(f"{asked.part}: {len(made)} articles, {len(lines)} claims")


if __name__ == "__main__":
    main()
