"""Stage "reader": an adapter that reads: whether a text, Arabic or English, bears an English claim out. On a CPU, resumably.

Owns: examples made of claims, their packing, and what is learnt: one of two answers behind `<bos>TEXT\\nCLAIM\\n`.
In: the translator's GGUF file, `pairs.tsv`, further texts (`NUMBER<TAB>arabic<TAB>english`), claims about lines of both
(`NUMBERS<TAB>true|false<TAB>kind<TAB>claim`; files may grow while it runs), known claims to watch. Out: `adapter.gguf`, in the form
of `adapt.py`.
Never: the weights of the translator; lines that are kept for testing.

Claims about one text stand in one row behind it and see it and themselves, not each other (as in tree attention), so a text is computed once.

Whoever writes false claims leaves marks in them: n-grams of the claim alone tell four in five apart. What they tell is added to the score
while training, so that nothing is left to learn from them (product of experts: Clark et al. 2019, arXiv 1909.03683), and left out afterwards.

Usage: entail.py BASE.gguf RUN_DIR --pairs pairs.tsv --claims claims.tsv... --watch tests/data/claims --changes tests/bench/claims
       --minutes 60 [--texts texts.tsv] [--skip 2428 6427] [--rank 16] [--lr 8e-4]
"""

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import torch
import torch.nn.functional as F
from adapt import adapt, write
from finetune import ROW, ROWS, Trainer, fit
from gguf_model import Tokenizer, load_model

SLOTS = 256  # claims of a step; a static shape keeps one compiled graph
ARABIC_SHARE = 0.6  # of texts; the others are read in English
CHANGED_SHARE = 0.2  # of claims made by program, in a round
# Writers deny more often in true claims than in false ones; a reader of these would learn that "not" is a sign of truth.
DENIAL = re.compile(r"\b(?:not|no|never|nobody|none|nothing|without|cannot)\b|n['’]t\b", re.IGNORECASE)
ROUND = 200  # blocks of two lines after which files are read again
YES, NO = "yes", "no"

FEATURES, FOLDS, PASSES = 1 << 17, 5, 4  # of the model that sees the claim alone
BIAS_LIMIT = 3.0  # log-odds

Claim = tuple[str, bool]
Group = tuple[str, list[Claim]]


def ngrams(claim: str) -> list[int]:
    """Hashed words, pairs of words, and the length in steps of three words: true claims are often the shorter ones."""
    words = re.findall(r"[\w']+|[^\w\s]", claim.lower())
    parts = [*words, *map(" ".join, zip(words, words[1:])), f"length {len(words) // 3}"]
    return [crc32(part.encode()) % FEATURES for part in parts]


def biases(claims: list[Claim]) -> dict[str, float]:
    """Log-odds that each claim is true, by logistic regression on its n-grams, fitted to the other claims."""
    fold_of = [crc32(claim.encode()) % FOLDS for claim, _ in claims]  # what is asked of several texts stays together
    grams = [torch.tensor(ngrams(claim)) for claim, _ in claims]
    found = {}
    for fold in range(FOLDS):
        held = [i for i, of in enumerate(fold_of) if of == fold]
        rest = [i for i, of in enumerate(fold_of) if of != fold]
        bag = torch.nn.EmbeddingBag(FEATURES, 1, mode="sum")
        torch.nn.init.zeros_(bag.weight)
        optimizer = torch.optim.Adagrad(bag.parameters(), lr=0.03)
        for _ in range(PASSES):
            random.Random(fold).shuffle(rest)
            for at in range(0, len(rest), 512):
                some = rest[at : at + 512]
                labels = torch.tensor([float(claims[i][1]) for i in some])
                loss = F.binary_cross_entropy_with_logits(scores(bag, grams, some), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        with torch.no_grad():
            for i, score in zip(held, scores(bag, grams, held).clamp(-BIAS_LIMIT, BIAS_LIMIT).tolist()):
                found[claims[i][0]] = score
    return found


def scores(bag: torch.nn.EmbeddingBag, grams: list[torch.Tensor], some: list[int]) -> torch.Tensor:
    sizes = torch.tensor([0, *(len(grams[i]) for i in some[:-1])])
    return bag(torch.cat([grams[i] for i in some]), sizes.cumsum(0)).flatten()


class Claims:
    """Groups of a text and claims about it, round after round."""

    def __init__(
        self, pairs: Path, texts: Path | None, files: list[Path], skip: tuple[int, int], changes, rng: random.Random
    ) -> None:
        rows = pairs.read_text(encoding="utf-8").splitlines()
        self.pairs = {n: row.split("\t") for n, row in enumerate(rows, 1) if not skip[0] <= n <= skip[1] and not row.startswith("#")}
        self.lines = sorted(self.pairs)
        self.files, self.texts, self.changes, self.rng = files, texts, changes, rng
        self.bias: dict[str, float] = {}
        self.uses: Counter[int] = Counter()

    def read(self) -> dict[tuple[int, ...], list[Claim]]:
        """Claims by the lines they are about; none about lines that are kept for testing."""
        for line in self.texts.read_text(encoding="utf-8").splitlines() if self.texts else []:
            number, arabic, english = line.split("\t")
            self.pairs[int(number)] = [arabic, english, "changed"]
        found = defaultdict(list)
        for line in (line for file in self.files for line in file.read_text(encoding="utf-8").splitlines()):
            cells = line.split("\t")
            if len(cells) != 4 or cells[1].lower() not in ("true", "false"):
                continue
            numbers = tuple(int(number) for number in cells[0].split(","))
            if all(number in self.pairs for number in numbers):
                found[numbers].append((cells[3].strip(), cells[1].lower() == "true"))
        known = [claim for claims in found.values() for claim in claims]
        if len(known) > 1.1 * len(self.bias):
            self.bias = biases(known)
        return self.balanced(found)

    def balanced(self, found: dict[tuple[int, ...], list[Claim]]) -> dict[tuple[int, ...], list[Claim]]:
        """As many true claims with a denial as false ones, chosen anew each time."""
        denials = [label for claims in found.values() for claim, label in claims if DENIAL.search(claim)]
        share = min(1.0, denials.count(False) / max(1, denials.count(True)))
        kept = lambda claim, label: not label or not DENIAL.search(claim) or self.rng.random() < share  # noqa: E731
        return {numbers: [claim for claim in claims if kept(*claim)] for numbers, claims in found.items()}

    def text(self, numbers: tuple[int, ...]) -> str:
        side = 0 if self.rng.random() < ARABIC_SHARE else 1
        return " ".join(self.pairs[number][side] for number in numbers)

    def blocks(self, claims: dict[tuple[int, ...], list[Claim]]) -> list[tuple[int, int]]:
        """Each line with another of its group: the one it has claims together with, or any."""
        joined = [numbers for numbers in claims if len(numbers) == 2]
        taken = {number for numbers in joined for number in numbers}
        groups = defaultdict(list)
        for number, *more in claims:
            if not more and number not in taken:
                groups[self.pairs[number][2]].append(number)
        for numbers in groups.values():
            self.rng.shuffle(numbers)
            joined += zip(numbers[::2], numbers[1::2])
        return joined

    def of_block(self, one: int, two: int, claims: dict[tuple[int, ...], list[Claim]]) -> Iterator[Group]:
        mine = {number: claims.get((number,), []) for number in (one, two)}
        for number, other in ((one, two), (two, one)):
            strange = [(claim, False) for claim, _ in self.rng.sample(mine[other], min(1, len(mine[other])))]
            if mine[number]:
                yield self.text((number,)), mine[number] + strange
        both = mine[one] + mine[two]
        both = self.rng.sample(both, len(both) // 2) + claims.get((one, two), [])
        if both:
            yield self.text((one, two) if one < two else (two, one)), both

    def changed(self, number: int) -> Group:
        """The English of a line, a part of it, and what a program changed."""
        english, rng = self.pairs[number][1], self.rng
        found = [(english, True)]
        parts = [english[: m.start()] for m in self.changes.JOINTS.finditer(english)]
        parts = [part.rstrip(" ,") + "." for part in parts if len(part.split()) >= 5]
        found += [(rng.choice(parts), True)] if parts else []
        others = rng.sample(self.lines, 8)
        lines = [{"en": self.pairs[other][1]} for other in others]
        article = {"sentences": lines, "elsewhere": []}
        for change in rng.sample(list(self.changes.CHANGES.values()), len(self.changes.CHANGES)):
            new = change(english, article, rng) if len(found) < 4 else None
            if new and new != english:
                found.append((new, False))
        return self.text((number,)), found

    def round(self) -> list[Group]:
        """Blocks that came least so far, so that what is new is soon as well known as the rest."""
        claims = self.read()
        blocks = self.blocks(claims)
        self.rng.shuffle(blocks)
        blocks.sort(key=lambda block: sum(self.uses[number] for number in block))
        chosen = blocks[:ROUND]
        self.uses.update(number for block in chosen for number in block)
        groups = [group for block in chosen for group in self.of_block(*block, claims)]
        wanted = sum(len(claims) for _, claims in groups) * CHANGED_SHARE / (1 - CHANGED_SHARE)
        numbers = self.rng.sample(self.lines, len(self.lines))
        while wanted > 0 and numbers:
            groups.append(self.changed(numbers.pop()))
            wanted -= len(groups[-1][1])
        self.rng.shuffle(groups)
        return groups


Asked = tuple[list[int], bool, float]  # tokens of a claim, its label, what its words alone tell


class Packer:
    """Fills rows with texts and the claims about them."""

    def __init__(self, tokenizer: Tokenizer, groups: Iterator[Group], bias: Callable[[str], float] = lambda _: 0.0) -> None:
        self.tokenizer, self.groups, self.bias, self.examples = tokenizer, groups, bias, 0
        self.left: tuple[list[int], list[Asked]] = ([], [])

    def next(self) -> None:
        text, claims = next(self.groups)
        encode, newline = self.tokenizer.encode, self.tokenizer.newline
        asked = [(encode(claim) + newline, label, self.bias(claim)) for claim, label in claims]
        self.left = self.tokenizer.prompt(text), asked

    def row(self) -> list[tuple[list[int], list[Asked]]]:
        row, free = [], ROW
        while True:
            text, claims = self.left
            fit = []
            free -= len(text)
            while claims and len(claims[0][0]) <= free:
                free -= len(claims[0][0])
                fit.append(claims.pop(0))
            if fit:
                row.append((text, fit))
                self.examples += len(fit)
            if claims and row:
                return row
            # What fits into no row is left out.
            self.next() if not claims else claims.pop(0)
            if not row:
                free = ROW

    def batch(self) -> dict[str, torch.Tensor]:
        return collate([self.row() for _ in range(ROWS)])


def collate(rows: list) -> dict[str, torch.Tensor]:
    ids = torch.zeros(ROWS, ROW, dtype=torch.long)
    positions = torch.zeros(ROWS, ROW, dtype=torch.long)
    seen = torch.zeros(ROWS, ROW, ROW, dtype=torch.bool)
    where, target, bias = [], [], []
    causal = torch.ones(ROW, ROW, dtype=torch.bool).tril()
    for r, row in enumerate(rows):
        at = 0
        for text, claims in row:
            start, at = at, at + len(text)
            ids[r, start:at] = torch.tensor(text)
            positions[r, start:at] = torch.arange(len(text))
            seen[r, start:at, start:at] = causal[: len(text), : len(text)]
            for claim, label, alone in claims:
                end = at + len(claim)
                ids[r, at:end] = torch.tensor(claim)
                positions[r, at:end] = len(text) + torch.arange(len(claim))
                seen[r, at:end, start : start + len(text)] = True
                seen[r, at:end, at:end] = causal[: len(claim), : len(claim)]
                where.append(r * ROW + end - 1)
                target.append(float(label))
                bias.append(alone)
                at = end
    mask = torch.zeros(ROWS, 1, ROW, ROW, dtype=torch.bfloat16)
    mask.masked_fill_(~seen[:, None], torch.finfo(torch.bfloat16).min)
    slots = torch.zeros(SLOTS, dtype=torch.long)
    targets = torch.tensor([[-1.0, 0.0]]).repeat(SLOTS, 1)
    count = min(SLOTS, len(where))
    slots[:count] = torch.tensor(where[:count])
    targets[:count] = torch.tensor([target[:count], bias[:count]]).t()
    return {"ids": ids, "positions": positions, "mask": mask, "where": slots, "target": targets}


class Reader(Trainer):
    """Learns the difference between two answers instead of a next token."""

    def __init__(self, *args, answers: tuple[int, int], **rest) -> None:
        super().__init__(*args, **rest)
        yes, no = (self.model.lm_head.weight[answer].detach().float() for answer in answers)
        self.direction = yes - no

    def score(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden.float() @ self.direction

    def loss_of(self, hidden: torch.Tensor, target: torch.Tensor, smoothing: float) -> torch.Tensor:
        label, bias = target.unbind(1)
        wanted = label.clamp(min=0) * (1 - smoothing) + smoothing / 2
        losses = F.binary_cross_entropy_with_logits(self.score(hidden) + bias, wanted, reduction="none")
        asked = (label >= 0).float()
        return (losses * asked).sum() / asked.sum()

    def dev_loss(self, batches: list[dict[str, torch.Tensor]]) -> float:
        """One minus the area under the curve of the averaged weights on the claims that are watched."""
        self.show(self.average)
        scores, labels = [], []
        for batch in batches:
            asked = batch["target"][:, 0] >= 0
            scores.append(self.score(self.hidden(batch))[asked].detach())
            labels.append(batch["target"][asked, 0])
        self.show(self.master)
        scores, labels = torch.cat(scores), torch.cat(labels) > 0.5
        above = (scores[labels][:, None] > scores[~labels][None, :]).float().mean()
        return 1 - above.item()


def watched(folder: Path) -> list[Group]:
    """Known claims in English with the Arabic they rest on."""
    groups = defaultdict(list)
    for part in ("dev", "dev-b"):
        for line in (folder / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
            known = json.loads(line)
            if known["language"] == "en" and known["evidence"]:
                groups[known["article"], tuple(known["evidence"])].append((known["claim"], known["label"] == "true"))
    articles = {}
    for name, _ in groups:
        articles[name] = json.loads((folder / f"articles/{name}.json").read_text(encoding="utf-8"))["sentences"]
    return [(" ".join(articles[name][at]["ar"] for at in evidence), claims) for (name, evidence), claims in groups.items()]


def batches(tokenizer: Tokenizer, groups: list[Group]) -> list[dict[str, torch.Tensor]]:
    packer = Packer(tokenizer, iter(groups))
    rows = []
    try:
        while True:
            rows.append(packer.row())
    except StopIteration:
        return [collate(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("run", type=Path)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--texts", type=Path, help="further texts that claims are about")
    parser.add_argument("--claims", type=Path, nargs="+", required=True)
    parser.add_argument("--watch", type=Path, required=True, help="folder of known claims")
    parser.add_argument("--changes", type=Path, required=True, help="folder of generate.py, which makes false claims")
    parser.add_argument("--minutes", type=float, required=True, help="active training time")
    parser.add_argument("--skip", type=int, nargs=2, default=(2428, 6427), help="lines of pairs kept for testing, both included")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--lr", type=float, default=8e-4)
    parser.add_argument("--label-smoothing", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    sys.path.insert(0, str(args.changes))
    import generate

    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    args.run.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(args.base)
    model = load_model(args.base)
    model.requires_grad_(False)
    master = adapt(model, args.rank, {})
    answers = tokenizer.encode(YES)[0], tokenizer.encode(NO)[0]
    trainer = Reader(model, master, args.run, args.lr, args.label_smoothing, answers=answers)
    if (args.run / "last.pt").exists():
        trainer.resume({})
    source = Claims(args.pairs, args.texts, args.claims, tuple(args.skip), generate, random.Random(args.seed + trainer.step))

    def groups() -> Iterator[Group]:
        while True:
            yield from source.round()

    def save() -> None:
        trainer.save({})
        write(args.run / "adapter.gguf", dict(zip(trainer.names, trainer.average)), args.rank)

    held = batches(tokenizer, watched(args.watch))
    packer = Packer(tokenizer, groups(), lambda claim: source.bias.get(claim, 0.0))
    fit(trainer, packer, held, lambda: args.minutes * 60 - trainer.active, save)


if __name__ == "__main__":
    main()
