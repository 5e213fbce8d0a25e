"""Every figure of the model card, measured on the shipped int8 file exactly as the service runs it, into report.json.

python -m model.training.evaluate --data ../shared/data --model model --out model/report.json
"""

import argparse
import json
from pathlib import Path

import numpy as np

from . import corpus, metrics
from .calibrate import truth
from .corpus import Row
from .inference import Model, Scores
from .labels import EMOTIONS, HEADS, INTENTS, PRIORITIES

LEAST_ROWS = 10
THREE = np.array([0, 0, 1, 2, 2])  # five sentiment levels to three


class Judged:
    """Scores of a set of messages, as arrays."""

    def __init__(self, rows: list[Row], scores: list[Scores], config: dict):
        self.rows = rows
        self.truth = {name: truth(rows, name) for name in HEADS if name != "language"}
        self.p = {name: np.stack([s.probabilities[name] for s in scores]) for name in HEADS}
        self.top = {name: self.p[name].argmax(1) for name in HEADS}
        self.spans = [s.triggers for s in scores]
        limits = np.array([config["heads"]["emotions"]["thresholds"][name] for name in EMOTIONS])
        self.emotions = self.p["emotions"] >= limits
        self.critical = self.p["priority"][:, PRIORITIES.index("critical")] >= config["heads"]["priority"]["critical"]["threshold"]

    @classmethod
    def of(cls, model: Model, rows: list[Row]) -> "Judged":
        return cls(rows, [model.score(row.text) for row in rows], model.config)


def intents_with(true: np.ndarray, least: int = LEAST_ROWS) -> list[int]:
    counts = np.bincount(true, minlength=len(INTENTS))
    return [index for index in range(len(INTENTS)) if counts[index] >= least]


def three_levels(p: np.ndarray) -> np.ndarray:
    return np.stack([p[:, :2].sum(1), p[:, 2], p[:, 3:].sum(1)], 1).argmax(1)


def figures(j: Judged, pick: np.ndarray | None = None) -> dict:
    rows = np.arange(len(j.rows)) if pick is None else np.flatnonzero(pick)
    size = len(rows)
    t = {name: values[rows] for name, values in j.truth.items()}
    top = {name: values[rows] for name, values in j.top.items() if name != "language"}
    kept = intents_with(t["intent"])
    sentiment, sentiment_true = three_levels(j.p["sentiment"][rows]), THREE[t["sentiment"]]
    said = j.emotions[rows]
    critical, is_critical = j.critical[rows], t["priority"] == PRIORITIES.index("critical")
    spans_true = [j.rows[i].labels["triggers"] for i in rows]
    spans = [j.spans[i] for i in rows]
    between = lambda measure: metrics.interval(measure, size)
    ratio = lambda hit, of: lambda pick: hit[pick][of[pick]].mean() if of[pick].any() else np.nan
    out = {
        "rows": size,
        "intent_accuracy": between(lambda i: (t["intent"][i] == top["intent"][i]).mean()),
        "intent_top3_accuracy": between(lambda i: (np.argsort(-j.p["intent"][rows][i], 1)[:, :3] == t["intent"][i][:, None]).any(1).mean()),
        "sentiment_accuracy": between(lambda i: (t["sentiment"][i] == top["sentiment"][i]).mean()),
        "sentiment3_accuracy": between(lambda i: (sentiment_true[i] == sentiment[i]).mean()),
        "sentiment3_macro_f1": between(lambda i: metrics.macro_f1(sentiment_true[i], sentiment[i], [k for k in range(3) if (sentiment_true == k).any()])),
        "emotions_micro_f1": between(lambda i: metrics.micro_f1(t["emotions"][i], said[i])),
        "urgency_accuracy": between(lambda i: (t["urgency"][i] == top["urgency"][i]).mean()),
        "urgency_within_one": between(lambda i: (abs(t["urgency"][i] - top["urgency"][i]) <= 1).mean()),
        "priority_accuracy": between(lambda i: (t["priority"][i] == top["priority"][i]).mean()),
        "critical_rows": int(is_critical.sum()),
        "critical_recall": between(ratio(critical, is_critical)),
        "over_escalation": between(ratio(critical, ~is_critical)),
        "trigger_overlap_f1": between(lambda i: metrics.overlap_f1([spans_true[k] for k in i], [spans[k] for k in i])),
        "trigger_span_f1": between(lambda i: metrics.touched_f1([spans_true[k] for k in i], [spans[k] for k in i])),
        "calibration_error": calibration(j, rows),
    }
    if kept:
        out["intent_macro_f1"] = between(lambda i: metrics.macro_f1(t["intent"][i], top["intent"][i], kept)) | {"intents": [INTENTS[k] for k in kept]}
    out["emotions_macro_f1"] = round(float(np.nanmean([metrics.f1(t["emotions"][:, k], said[:, k], True) for k in range(len(EMOTIONS))])), 4)
    out["emotions_f1"] = {name: round(metrics.f1(t["emotions"][:, k], said[:, k], True), 4) for k, name in enumerate(EMOTIONS)}
    return out


def calibration(j: Judged, rows: np.ndarray) -> dict:
    found = {}
    for name, (kind, _) in HEADS.items():
        if name == "language":
            continue
        p, t = j.p[name][rows], j.truth[name][rows]
        if kind == "single":
            found[name] = metrics.interval(lambda i: metrics.calibration_error(p[i].max(1), p[i].argmax(1) == t[i]), len(rows), resamples=300)
        else:
            # Per label: how far P(label) is from how often it holds.
            found[name] = metrics.interval(lambda i: float(np.mean([metrics.calibration_error(p[i, k], t[i, k]) for k in range(p.shape[1])])), len(rows), resamples=300)
    return found


def band_errors(j: Judged, config: dict) -> dict:
    found = {}
    for name in ("intent", "sentiment", "urgency", "priority"):
        bands = config["heads"][name]["bands"]
        confidence, wrong = j.p[name].max(1), j.top[name] != j.truth[name]
        edges = {"high": (bands["high"], 2), "medium": (bands["medium"], bands["high"]), "low": (bands["floor"], bands["medium"]), "unscored": (-1, bands["floor"])}
        found[name] = {}
        for band, (low, high) in edges.items():
            inside = (confidence >= low) & (confidence < high)
            found[name][band] = {"rows": int(inside.sum()), "error": round(float(wrong[inside].mean()), 4) if inside.any() else None}
    return found


def per_intent(j: Judged) -> dict:
    true, top = j.truth["intent"], j.top["intent"]
    found = {}
    for k, name in enumerate(INTENTS):
        if (true == k).any():
            wrong = top[(true == k) & (top != k)]
            found[name] = {"rows": int((true == k).sum()), "f1": round(metrics.f1(true, top, k), 3),
                           "most_often_taken_for": INTENTS[int(np.bincount(wrong).argmax())] if len(wrong) else None}
    return found


def never_trained(rows: list[Row]) -> np.ndarray:
    return np.array([not row.trainable for row in rows])


def all_figures(model: Model, data: Path) -> dict:
    labelled = Judged.of(model, corpus.labelled(data, "test"))
    written = Judged.of(model, corpus.written(data, "test"))
    both = Judged.of(model, labelled.rows + written.rows)
    unseen = never_trained(labelled.rows)
    source = np.array([row.source for row in labelled.rows])
    report = {
        "model": model.config["version"],
        "labelled_test": figures(labelled),
        "labelled_test_trained_sources": figures(labelled, ~unseen),
        "labelled_test_never_trained_sources": figures(labelled, unseen),
        "written_test": figures(written),
        "labelled_and_written_test": figures(both),
        "per_source": {name: figures(labelled, source == name) for name in sorted(set(source))},
        "bands_on_labelled_test": band_errors(labelled, model.config),
        "per_intent_labelled_test": per_intent(labelled),
    }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("model"))
    parser.add_argument("--out", type=Path, default=Path("model/report.json"))
    options = parser.parse_args()
    report = json.loads(options.out.read_text()) if options.out.exists() else {}
    report.update(all_figures(Model(options.model), options.data))
    options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(summary(report))


def summary(report: dict) -> str:
    show = lambda part, name: "{value:.3f} [{low:.3f}, {high:.3f}]".format(**report[part][name]) if name in report[part] else "-"
    lines = []
    for part in ("labelled_test", "labelled_test_trained_sources", "labelled_test_never_trained_sources", "written_test", "labelled_and_written_test"):
        lines.append(part + f" ({report[part]['rows']})")
        for name in ("intent_macro_f1", "intent_accuracy", "sentiment3_macro_f1", "emotions_micro_f1", "trigger_overlap_f1", "trigger_span_f1",
                     "priority_accuracy", "critical_recall", "over_escalation", "urgency_accuracy"):
            lines.append(f"  {name:22} {show(part, name)}")
        lines.append("  calibration_error      " + " ".join(f"{k} {v['value']:.3f}" for k, v in report[part]["calibration_error"].items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
