"""Fits what turns logits into honest probabilities, thresholds and bands, on held-out labelled messages only."""

from collections import Counter

import numpy as np
from scipy.optimize import minimize

from .corpus import Row
from .inference import Model, decode_spans, sigmoid, softmax
from .labels import EMOTIONS, HEADS, PRIORITIES, TRIGGER_TAGS
from .metrics import micro_f1, overlap_counts, overlap_f1, touch_counts, touched_f1
from .export import Calibration
from .tokenizer import encode_with_words, windows

# Error rate inside a band that it promises at most, measured on held-out messages; below the floor nothing is said.
PROMISES = {"high": 0.10, "medium": 0.35}
FLOOR_ERROR = 0.75
LEAST_QUOTE_WORDS = 2  # as in the label guide; one word alone raised harmless messages
CRITICAL_RECALL = 0.94  # aimed at on held-out messages, so that 0.90 stays after sampling error
MOST_OVER_ESCALATION = 0.18  # the phrase floor of the policy adds its own; with it the suites of eval/ must stay under 0.25


def truth(rows: list[Row], name: str) -> np.ndarray:
    labels = HEADS[name][1]
    if name == "emotions":
        return np.array([[label in row.labels["emotions"] for label in labels] for row in rows])
    if name == "language":
        return np.array([labels.index(row.lang if row.lang in labels else "other") for row in rows])
    return np.array([labels.index(str(row.labels[name])) for row in rows])


def raw_logits(model: Model, rows: list[Row]) -> list[dict[str, np.ndarray]]:
    """First-window outputs; calibration messages are short enough for that to be nearly all of them."""
    found = []
    for row in rows:
        ids, ranges = encode_with_words(model.tokenizer, row.text)
        _, window = windows(ids, model.config["text"]["max_tokens"], model.config["text"]["stride"])[0]
        out = {name: values[0] for name, values in model.run(window).items()}
        out["ranges"] = ranges[: len(window) - 2]
        found.append(out)
    return found


def shares(rows: list[Row], like: list[Row]) -> np.ndarray:
    """Weights under which `rows` hold every source in the proportion of `like`; they sum to the number of rows of `like`."""
    have, want = Counter(row.source for row in rows), Counter(row.source for row in like)
    return np.array([want[row.source] / have[row.source] for row in rows])


def fit(outputs: list[dict], rows: list[Row], weights: np.ndarray) -> Calibration:
    calibration = Calibration()
    for name, (kind, labels) in HEADS.items():
        if name == "language":
            continue
        logits = np.stack([out[f"{name}_logits"] for out in outputs]).astype(float)
        target = truth(rows, name)
        if kind == "multi":
            pairs = [_platt(logits[:, i], target[:, i], weights) for i in range(len(labels))]
            calibration.scale[name] = [a for a, _ in pairs]
            calibration.bias[name] = [b for _, b in pairs]
        else:
            # A bias per label only where labels are few; nineteen of them would fit noise.
            scale, bias = _vector(logits, target, weights, with_bias=len(labels) <= 5)
            calibration.scale[name] = [scale] * len(labels)
            calibration.bias[name] = bias
    return calibration


def _platt(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    loss = lambda p: np.average(np.logaddexp(0, p[0] * x + p[1]) - y * (p[0] * x + p[1]), weights=weights) + 1e-3 * ((p[0] - 1) ** 2 + 0.1 * p[1] ** 2)
    a, b = minimize(loss, [1.0, 0.0]).x
    return float(max(a, 0.2)), float(b)


def _vector(logits: np.ndarray, target: np.ndarray, weights: np.ndarray, with_bias: bool) -> tuple[float, list[float]]:
    count = logits.shape[1]

    def loss(p: np.ndarray) -> float:
        z = logits * p[0] + (p[1:] if with_bias else 0)
        z = z - z.max(1, keepdims=True)
        log = z - np.log(np.exp(z).sum(1, keepdims=True))
        return float(-np.average(log[np.arange(len(target)), target], weights=weights) + (5e-3 * (p[1:] ** 2).sum() if with_bias else 0))

    best = minimize(loss, np.array([1.0, *([0.0] * (count if with_bias else 0))])).x
    return float(best[0]), [float(b) for b in best[1:]] if with_bias else [0.0] * count


def emotion_thresholds(probabilities: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Coordinate ascent on micro-F1, starting from one common threshold."""
    grid = np.arange(0.15, 0.75, 0.025)
    start = max(grid, key=lambda t: micro_f1(target, probabilities >= t))
    chosen = np.full(len(EMOTIONS), start)
    for _ in range(2):
        for i in range(len(EMOTIONS)):
            # Shrunk towards the common threshold: classes with few positives would chase noise.
            def gain(t: float) -> float:
                trial = chosen.copy()
                trial[i] = t
                return micro_f1(target, probabilities >= trial) - 0.05 * abs(t - start)
            chosen[i] = max(grid, key=gain)
    return {name: round(float(t), 3) for name, t in zip(EMOTIONS, chosen)}


def critical_threshold(probabilities: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None) -> dict:
    """The highest threshold that reaches the recall aimed at; raised when too many other messages would become critical."""
    critical = PRIORITIES.index("critical")
    p, is_critical = probabilities[:, critical], target == critical
    grid = np.round(np.arange(0.6, 0.005, -0.005), 3)
    weights = np.ones(len(p)) if weights is None else weights
    recall = np.array([np.average(p[is_critical] >= t, weights=weights[is_critical]) for t in grid])
    over = np.array([np.average(p[~is_critical] >= t, weights=weights[~is_critical]) for t in grid])
    wanted = int(np.argmax(recall >= CRITICAL_RECALL)) if (recall >= CRITICAL_RECALL).any() else len(grid) - 1
    allowed = np.flatnonzero(over <= MOST_OVER_ESCALATION)
    at = min(wanted, int(allowed[-1])) if len(allowed) else 0
    return {"threshold": float(grid[at]), "held_out_recall": round(float(recall[at]), 4), "held_out_over_escalation": round(float(over[at]), 4)}


def bands(confidence: np.ndarray, correct: np.ndarray) -> dict:
    """Smallest confidence whose band keeps its promise, with the error rate measured inside each band."""
    wrong = 1 - correct.astype(float)
    grid = np.round(np.arange(0.05, 0.99, 0.01), 2)

    def error(low: float, high: float, least: int = 20) -> float:
        inside = (confidence >= low) & (confidence < high)
        return float(wrong[inside].mean()) if inside.sum() >= least else np.nan

    found: dict = {"high": 1.0}
    for t in reversed(grid):
        if error(t, 2) <= PROMISES["high"]:
            found["high"] = float(t)
    found["medium"] = found["high"]
    for t in reversed(grid[grid < found["high"]]):
        if error(t, found["high"]) <= PROMISES["medium"]:
            found["medium"] = float(t)
    found["floor"] = 0.0
    for t in grid[grid < found["medium"]]:
        if error(0, t) >= FLOOR_ERROR:
            found["floor"] = float(t)
    edges = {"high": (found["high"], 2), "medium": (found["medium"], found["high"]), "low": (found["floor"], found["medium"]), "unscored": (0, found["floor"])}
    found["promise"] = PROMISES
    found["measured"] = {
        name: {"rows": int(((confidence >= low) & (confidence < high)).sum()), "error": None if np.isnan(e := error(low, high, 1)) else round(e, 4)}
        for name, (low, high) in edges.items()}
    return found


def trigger_threshold(groups: list[tuple[list[dict], list[Row]]]) -> dict:
    """The lowest limit whose F1 of characters and of spans, in the mean over the groups of (outputs, rows), are together within 0.01 of
    the best: of two that are as good, the one that quotes more."""
    found = []
    read = [([row.labels["triggers"] for row in rows], [softmax(out["trigger_logits"].astype(float))[1:-1] for out in outputs], outputs, rows) for outputs, rows in groups]
    for threshold in np.arange(0.2, 0.9, 0.05):
        figures = []
        for true, token, outputs, rows in read:
            spans = [decode_spans(row.text, out["ranges"], p, threshold, LEAST_QUOTE_WORDS) for row, out, p in zip(rows, outputs, token)]
            figures.append((overlap_f1(overlap_counts(true, spans)), touched_f1(touch_counts(true, spans))))
        characters, touched = np.mean(figures, axis=0)
        found.append((characters + touched, {"threshold": round(float(threshold), 3), "min_words": LEAST_QUOTE_WORDS,
                                             "held_out_character_f1": round(float(characters), 4), "held_out_span_f1": round(float(touched), 4)}))
    best = max(score for score, _ in found)
    return next(limit for score, limit in found if score > best - 0.01)


def probabilities(outputs: list[dict], name: str) -> np.ndarray:
    logits = np.stack([out[f"{name}_logits"] for out in outputs]).astype(float)
    return softmax(logits) if HEADS[name][0] == "single" else sigmoid(logits)


__all__ = ["TRIGGER_TAGS", "bands", "critical_threshold", "emotion_thresholds", "fit", "probabilities", "raw_logits", "trigger_threshold", "truth"]
