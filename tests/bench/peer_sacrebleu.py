"""Times `isnad evaluate` and sacreBLEU 2.6.0 on the same files, one after the other, in one run.

Usage: python peer_sacrebleu.py ISNAD REFERENCE HYPOTHESIS [HYPOTHESIS ...] [--segments 100000] [--resamples 1000]

The files hold a segment a line. To reach the number of segments, pairs are drawn from all files and words of the
hypotheses are left out, doubled or moved, so that hardly any pair comes twice and no cache of a line helps. Corpus BLEU,
chrF and TER with bootstrap intervals; wall time, processor time and peak memory of each process.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time


def changed(rng, line):
    words = line.split(" ")
    for _ in range(rng.randrange(3)):
        at = rng.randrange(len(words))
        kind = rng.randrange(3)
        if kind == 0 and len(words) > 1:
            del words[at]
        elif kind == 1:
            words.insert(at, words[at])
        else:
            words.insert(rng.randrange(len(words)), words.pop(at))
    return " ".join(words)


def run(command):
    """Wall seconds, processor seconds, peak megabytes, output."""
    reader, writer = os.pipe()
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 1)
        os.execvp(command[0], command)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        output = pipe.read()
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("isnad")
    parser.add_argument("reference")
    parser.add_argument("hypotheses", nargs="+")
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--resamples", type=int, default=1000)
    arguments = parser.parse_args()
    read = lambda path: open(path, encoding="utf-8", newline="\n").read().splitlines()
    references = read(arguments.reference)
    pairs = [pair for path in arguments.hypotheses for pair in zip(read(path), references)]
    rng = random.Random(1)
    resamples = str(arguments.resamples)
    with tempfile.TemporaryDirectory() as folder:
        hypothesis, reference = os.path.join(folder, "hypothesis"), os.path.join(folder, "reference")
        with open(hypothesis, "w", encoding="utf-8") as first, open(reference, "w", encoding="utf-8") as second:
            for _ in range(arguments.segments):
                line, correct = rng.choice(pairs)
                print(changed(rng, line), file=first)
                print(correct, file=second)
        ours = run([arguments.isnad, "evaluate", hypothesis, reference, "-m", "bleu,chrf,ter",
                    f"--confidence={resamples}", "--tsv", "-q"])
        print(f"isnad      {ours[0]:9.2f} s wall {ours[1]:9.2f} s processor {ours[2]:8.0f} MB", flush=True)
        print(ours[3])
        program = shutil.which("sacrebleu") or os.path.join(os.path.dirname(sys.executable), "sacrebleu")
        theirs = run([program, reference, "-i", hypothesis, "-m", "bleu", "chrf", "ter", "--confidence",
                      "--confidence-n", resamples, "-f", "text", "-w", "4", "-q"])
        print(f"sacreBLEU  {theirs[0]:9.2f} s wall {theirs[1]:9.2f} s processor {theirs[2]:8.0f} MB")
        print(theirs[3])
        print(f"ratio: {theirs[0] / ours[0]:.1f} times as fast, {theirs[2] / ours[2]:.1f} times less memory")


main()
