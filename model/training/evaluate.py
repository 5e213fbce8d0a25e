"""Every figure of the model card, measured on the shipped int8 file exactly as the service runs it, into report.json.

python -m model.training.evaluate --data ../shared/data --model model --out model/report.json
"""

import argparse
import json
from pathlib import Path

import numpy as np

from . import corpus, metrics
from .calibrate import critical_threshold, emotion_thresholds, truth
from .corpus import Row
from .inference import Model, Scores
from .distil import linear_probabilities
from .labels import EMOTIONS, HEADS, INTENTS, PRIORITIES
from .tickets import parse_line
from .tokenizer import encode_with_words

LEAST_ROWS = 10
THREE = np.array([0, 0, 1, 2, 2])  # five sentiment levels to three


class Judged:
    """Scores of a set of messages, as arrays."""

    def __init__(self, rows: list[Row], p: dict[str, np.ndarray], spans: list[list[dict]], emotion_limits: dict[str, float], critical_limit: float):
        self.rows, self.p, self.spans = rows, p, spans
        self.truth = {name: truth(rows, name) for name in HEADS if name != "language"}
        self.top = {name: values.argmax(1) for name, values in p.items()}
        self.emotions = p["emotions"] >= np.array([emotion_limits[name] for name in EMOTIONS])
        critical = PRIORITIES.index("critical")
        self.critical = (p["priority"][:, critical] >= critical_limit) | (self.top["priority"] == critical)

    @classmethod
    def of(cls, model: Model, rows: list[Row]) -> "Judged":
        scores: list[Scores] = [model.score(row.text) for row in rows]
        heads = model.config["heads"]
        p = {name: np.stack([s.probabilities[name] for s in scores]) for name in HEADS}
        return cls(rows, p, [s.triggers for s in scores], heads["emotions"]["thresholds"], heads["priority"]["critical"]["threshold"])

    def part(self, pick: np.ndarray) -> "Judged":
        chosen = np.flatnonzero(pick)
        part = object.__new__(Judged)
        part.rows, part.spans = [self.rows[i] for i in chosen], [self.spans[i] for i in chosen]
        part.p, part.truth, part.top = ({k: v[chosen] for k, v in d.items()} for d in (self.p, self.truth, self.top))
        part.emotions, part.critical = self.emotions[chosen], self.critical[chosen]
        return part


def intents_with(true: np.ndarray, least: int = LEAST_ROWS) -> list[int]:
    counts = np.bincount(true, minlength=len(INTENTS))
    return [index for index in range(len(INTENTS)) if counts[index] >= least]


def three_levels(p: np.ndarray) -> np.ndarray:
    return np.stack([p[:, :2].sum(1), p[:, 2], p[:, 3:].sum(1)], 1).argmax(1)


def figures(j: Judged, pick: np.ndarray | None = None) -> dict:
    j = j if pick is None else j.part(pick)
    rows = np.arange(len(j.rows))
    size = len(rows)
    t = {name: values[rows] for name, values in j.truth.items()}
    top = {name: values[rows] for name, values in j.top.items() if name != "language"}
    kept = intents_with(t["intent"])
    sentiment, sentiment_true = three_levels(j.p["sentiment"][rows]), THREE[t["sentiment"]]
    said = j.emotions[rows]
    critical, is_critical = j.critical[rows], t["priority"] == PRIORITIES.index("critical")
    spans_true = [j.rows[i].labels["triggers"] for i in rows]
    spans = [j.spans[i] for i in rows]
    overlap, touched = metrics.overlap_counts(spans_true, spans), metrics.touch_counts(spans_true, spans)
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
        "trigger_overlap_f1": between(lambda i: metrics.overlap_f1(overlap[i])),
        "trigger_span_f1": between(lambda i: metrics.touched_f1(touched[i])),
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
            found[name] = metrics.interval(lambda i: metrics.calibration_error(p[i].max(1), p[i].argmax(1) == t[i]), len(rows), resamples=200)
        else:
            # Per label: how far P(label) is from how often it holds.
            found[name] = metrics.interval(lambda i: float(np.mean([metrics.calibration_error(p[i, k], t[i, k]) for k in range(p.shape[1])])), len(rows), resamples=200)
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


def probes(model: Model) -> dict:
    """Messages written for the card (probes.txt), with what the model makes of them. No test message is ever quoted."""
    rows = []
    for line in (Path(__file__).parent / "probes.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            record = parse_line(line)
            score = model.score(record["text"])
            wanted = record["labels"]
            said = {name: score.top(name)[0] for name in ("intent", "sentiment", "priority")}
            rows.append({"text": record["text"], "wanted": {name: str(wanted[name]) for name in said}, "said": said,
                         "intent_confidence": round(score.top("intent")[1], 3), "triggers": [(t["kind"], t["quote"]) for t in score.triggers]})
    right = lambda name: sum(row["wanted"][name] == row["said"][name] for row in rows)
    return {"messages": len(rows), "intent_right": right("intent"), "priority_right": right("priority"), "rows": rows}


def never_trained(rows: list[Row]) -> np.ndarray:
    return np.array([not row.trainable for row in rows])


def tfidf(train_rows: list[Row], data: Path) -> dict:
    """The same split by TF-IDF and logistic regression: what the network has to beat. Limits are set on dev."""
    dev, test = corpus.labelled(data, "dev"), corpus.labelled(data, "test") + corpus.written(data, "test")
    p = linear_probabilities(train_rows, [row.text for row in dev + test])
    on_dev = {name: values[: len(dev)] for name, values in p.items()}
    limits = emotion_thresholds(on_dev["emotions"], truth(dev, "emotions"))
    critical = critical_threshold(on_dev["priority"], truth(dev, "priority"))["threshold"]
    j = Judged(test, {name: values[len(dev):] for name, values in p.items()}, [[] for _ in test], limits, critical)
    labelled = np.array([not row.source.startswith("written/") for row in test])
    return splits(j, labelled)


def splits(j: Judged, labelled: np.ndarray) -> dict:
    unseen = never_trained(j.rows)
    return {
        "labelled_test": figures(j, labelled),
        "labelled_test_trained_sources": figures(j, labelled & ~unseen),
        "labelled_test_never_trained_sources": figures(j, labelled & unseen),
        "written_test": figures(j, ~labelled),
        "labelled_and_written_test": figures(j),
    }


def languages(model: Model, data: Path, each: int = 150) -> dict:
    """English support messages kept as English, whole and cut to three words; other languages of five words and more told apart."""
    english = [row.text for row in corpus.labelled(data, "test") if row.lang == "en"]
    is_english = lambda text: model.score(text).top("language")[0] == "en"
    short = [" ".join(text.split()[:3]) for text in english if len(text.split()) >= 3]
    out: dict = {
        "english_kept": round(float(np.mean([is_english(text) for text in english])), 4), "english_rows": len(english),
        "english_kept_first_three_words": round(float(np.mean([is_english(text) for text in short])), 4),
    }
    by: dict[str, list[str]] = {}
    for name in ("brighter_emotions", "xlmt_sentiment", "langid_17", "germeval2017_db"):
        for row in corpus.public(data, name, "test"):
            if row.lang != "en" and len(row.text.split()) >= 5:
                by.setdefault(row.lang, []).append(row.text)
    found = {code: float(np.mean([not is_english(text) for text in texts[:each]])) for code, texts in sorted(by.items()) if len(texts) >= 20}
    out["others_told_apart"] = {code: round(value, 4) for code, value in found.items()}
    out["others_told_apart_mean"] = round(float(np.mean(list(found.values()))), 4)
    return out


def long_texts(model: Model, data: Path) -> dict:
    """Test complaints of more than one window: the shipped pooling beside the first window alone and beside plain means."""
    rows = [row for row in corpus.labelled(data, "test") if len(encode_with_words(model.tokenizer, row.text)[0]) > model.config["text"]["max_tokens"] - 2]
    out: dict = {"rows": len(rows)}
    if not rows:
        return out
    kept = {name: head.get("pooling") for name, head in model.config["heads"].items()}
    most = model.config["text"]["max_windows"]
    for variant in ("shipped", "mean_everywhere", "first_window"):
        if variant == "mean_everywhere":
            for name in HEADS:
                model.config["heads"][name]["pooling"] = "mean_log"
        if variant == "first_window":
            model.config["text"]["max_windows"] = 1
        j = Judged.of(model, rows)
        out[variant] = {name: round(float((j.top[name] == j.truth[name]).mean()), 4) for name in ("intent", "sentiment", "urgency", "priority")}
        out[variant]["emotions_micro_f1"] = round(metrics.micro_f1(j.truth["emotions"], j.emotions), 4)
        for name in HEADS:
            model.config["heads"][name]["pooling"] = kept[name]
        model.config["text"]["max_windows"] = most
    return out


def all_figures(model: Model, data: Path) -> dict:
    test = corpus.labelled(data, "test") + corpus.written(data, "test")
    both = Judged.of(model, test)
    is_labelled = np.array([not row.source.startswith("written/") for row in test])
    labelled = both.part(is_labelled)
    source = np.array([row.source for row in both.rows])
    report = {
        "model": model.config["version"],
        **splits(both, is_labelled),
        "per_source": {name: figures(both, source == name) for name in sorted(set(source))},
        "bands_on_labelled_test": band_errors(labelled, model.config),
        "per_intent_labelled_test": per_intent(labelled),
        "probes": probes(model),
        "languages": languages(model, data),
        "long_texts": long_texts(model, data),
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
    save(options.out, report)
    print(summary(report))


def save(path: Path, report: dict) -> None:
    """JSON has no NaN: a figure without rows becomes null."""
    clean = lambda v: {k: clean(x) for k, x in v.items()} if isinstance(v, dict) else [clean(x) for x in v] if isinstance(v, list) else None if isinstance(v, float) and v != v else v
    path.write_text(json.dumps(clean(report), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


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
