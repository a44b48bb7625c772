"""Writes links that the reference implementation of SimAlign chooses, for `src/align/words.rs`.

Needs simalign 0.4 (installed without its dependencies), numpy 2.4, scipy 1.17, networkx 3.6. The package imports
torch, transformers and scikit-learn for its encoder alone; stand-ins are put in their place.

    python simalign_links.py > ../fixtures/simalign/links.json
"""

import json
import sys
from unittest.mock import MagicMock

for name in ["torch", "transformers", "sklearn", "sklearn.preprocessing", "sklearn.metrics", "sklearn.metrics.pairwise"]:
    sys.modules[name] = MagicMock()
sys.modules["torch"].Tensor = type("Tensor", (), {})

import numpy as np  # noqa: E402
from simalign import SentenceAligner  # noqa: E402


def links(matrix):
    return [[int(i), int(j)] for i, j in zip(*np.nonzero(matrix))]


def main():
    random = np.random.default_rng(7)
    cases = []
    for number in range(60):
        rows, columns = (int(size) for size in random.integers(1, 13, 2))
        similar = random.random((rows, columns)).round(6)
        if number % 3 == 1:  # as of translations: much of it near the diagonal
            for i in range(rows):
                similar[i, min(columns - 1, i * columns // rows)] += 0.5
            similar = (similar / similar.max()).round(6)
        distortion = [0.0, 0.3, 1.0][number // 3 % 3]
        distorted = SentenceAligner.apply_distortion(similar, distortion)
        forward, backward = SentenceAligner.get_alignment_matrix(distorted)
        cases.append({
            "distortion": distortion,
            "similar": similar.tolist(),
            "argmax": links(forward * backward),
            "itermax": links(SentenceAligner.iter_max(distorted)),
            "match": links(SentenceAligner.get_max_weight_match(distorted)),
        })
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")


main()
