"""How the recipe does on a source that it never saw: trains without one permitted source and measures on that source's dev and train rows.

This is what choices are made on, never the test files.
python -m model.training.leave_one_out --data ../shared/data --sources ibm_care_tweets
"""

import argparse
import json
from pathlib import Path


from . import corpus, examples, metrics
from .calibrate import truth
from .distil import linear_probabilities


def figures(data: Path, source: str) -> dict:
    sources = examples.read(data, {source})
    core = [row for name in examples.CORE for row in sources.groups[name]]
    rows = [row for split in ("train", "dev") for row in corpus.labelled(data, split) if row.source == source]
    p = linear_probabilities(core, [row.text for row in rows], heads=("intent", "priority"))
    true, top = truth(rows, "intent"), p["intent"].argmax(1)
    kept = [k for k in range(p["intent"].shape[1]) if (true == k).sum() >= 10]
    return {"rows": len(rows), "intent_accuracy": round(float((true == top).mean()), 4), "intent_macro_f1": round(metrics.macro_f1(true, top, kept), 4),
            "priority_accuracy": round(float((truth(rows, "priority") == p["priority"].argmax(1)).mean()), 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sources", nargs="*", default=["ibm_care_tweets", "cfpb", "dstc11_natcs", "multidogo", "churn_chatbot"])
    parser.add_argument("--out", type=Path, default=Path("model/report.json"))
    options = parser.parse_args()
    body = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    body["leave_one_source_out_tfidf"] = {source: figures(options.data, source) for source in options.sources}
    options.out.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(body["leave_one_source_out_tfidf"], indent=1))


if __name__ == "__main__":
    main()
