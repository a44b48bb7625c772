"""Token F1 of what is taken out of the saved pages in tests/data/pages: isnad beside trafilatura and readability-lxml.

    pip install trafilatura readability-lxml lxml_html_clean
    cargo test --test pages   # leaves what it found in target/tmp/pages
    python tests/bench/pages/compare.py target/tmp/pages

The score is that of tests/pages.rs: letters and digits of the text in lower case, as a multiset; the title is taken out of
both sides, for tools differ in whether they give it. Pages 01 to 12 were looked at while the rules were made (dev), 13 to 24
were not (test).
"""

import collections
import pathlib
import re
import sys

import lxml.html
import readability
import trafilatura

PAGES = pathlib.Path(__file__).resolve().parents[2] / "data" / "pages"


def tokens(text):
    return re.findall(r"[^\W_\u064b-\u065f\u0670]+(?:[\u064b-\u065f\u0670]+[^\W_]*)*", text.lower())


def without_title(lines, title):
    plain = tokens(title)
    return [line for line in lines if not plain or tokens(line) != plain]


def f1(found, gold):
    found, gold = collections.Counter(found), collections.Counter(gold)
    common = sum((found & gold).values())
    if not common:
        return 0.0
    precision, recall = common / sum(found.values()), common / sum(gold.values())
    return 2 * precision * recall / (precision + recall)


def gold_of(path):
    head, _, body = path.read_text("utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return fields, body


def by_trafilatura(page, _):
    return trafilatura.extract(page, include_comments=False, include_tables=True) or ""


def by_readability(page, encoding):
    summary = readability.Document(page.decode(encoding)).summary(html_partial=True)
    tree = lxml.html.fromstring(summary)
    for line_end in tree.iter("br", "p", "div", "li", "h1", "h2", "h3", "h4", "td", "blockquote"):
        line_end.tail = "\n" + (line_end.tail or "")
    return tree.text_content()


def main():
    ours = pathlib.Path(sys.argv[1])
    rows = []
    for path in sorted(PAGES.glob("*.html")):
        fields, body = gold_of(path.with_suffix(".gold.txt"))
        title = fields.get("title", "")
        page = path.read_bytes()
        encoding = "windows-1256" if b"windows-1256" in page else "utf-8"
        texts = [
            (ours / f"{path.stem}.txt").read_text("utf-8"),
            by_trafilatura(page, encoding),
            by_readability(page, encoding),
        ]
        gold = tokens("\n".join(without_title(body.splitlines(), title)))
        scores = [f1(tokens("\n".join(without_title(t.splitlines(), title))), gold) for t in texts]
        rows.append((path.stem, scores))
        print(f"{path.stem:18}" + "".join(f"{score:12.3f}" for score in scores))
    print(f"{'':18}{'isnad':>12}{'trafilatura':>12}{'readability':>12}")
    for name, part in [("dev", rows[:12]), ("test", rows[12:]), ("all", rows)]:
        means = [sum(scores[i] for _, scores in part) / len(part) for i in range(3)]
        print(f"mean {name:13}" + "".join(f"{mean:12.3f}" for mean in means))


main()
