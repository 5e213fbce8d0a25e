"""Would more labelled messages help? The linear model on growing random parts of the messages labelled with the whole guide.

python -m model.training.curve --data ../shared/data
"""

import argparse
import json
from pathlib import Path

import numpy as np

from . import corpus, evaluate, examples, metrics
from .calibrate import truth
from .distil import linear_probabilities

PARTS = (0.125, 0.25, 0.5, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("model/report.json"))
    options = parser.parse_args()
    sources = examples.read(options.data)
    core = [row for name in examples.CORE for row in sources.groups[name]]
    np.random.default_rng(3).shuffle(core)
    dev = corpus.labelled(options.data, "dev")
    seen = [row for row in dev if row.trainable]
    unseen = [row for row in dev + corpus.labelled(options.data, "train") if not row.trainable]
    points = []
    for part in PARTS:
        chosen = core[: int(len(core) * part)]
        p = linear_probabilities(chosen, [row.text for row in seen + unseen], heads=("intent",))["intent"].argmax(1)
        score = lambda rows, top: round(metrics.macro_f1(truth(rows, "intent"), top, [k for k in range(19) if (truth(rows, "intent") == k).sum() >= 5]), 4)
        points.append({"messages": len(chosen), "trained_dev": score(seen, p[: len(seen)]), "never_trained": score(unseen, p[len(seen):])})
        print(points[-1], flush=True)
    body = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    evaluate.save(options.out, body | {"learning_curve_tfidf": points})


if __name__ == "__main__":
    main()
