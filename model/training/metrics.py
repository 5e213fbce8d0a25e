"""Figures with 95 % bootstrap intervals over messages."""

from collections.abc import Callable

import numpy as np

RESAMPLES = 600


def interval(measure: Callable[[np.ndarray], float], size: int, seed: int = 11, resamples: int = RESAMPLES) -> dict:
    """The measure over all rows, and its 2.5 and 97.5 percentiles when rows are drawn again with replacement."""
    rng = np.random.default_rng(seed)
    values = [measure(rng.integers(0, size, size)) for _ in range(resamples)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return {"value": round(float(measure(np.arange(size))), 4), "low": round(float(low), 4), "high": round(float(high), 4), "rows": size}


def f1(true: np.ndarray, predicted: np.ndarray, label: int) -> float:
    hit = ((true == label) & (predicted == label)).sum()
    total = (true == label).sum() + (predicted == label).sum()
    return float(2 * hit / total) if total else np.nan


def macro_f1(true: np.ndarray, predicted: np.ndarray, labels: list[int]) -> float:
    return float(np.nanmean([f1(true, predicted, label) for label in labels]))


def micro_f1(true: np.ndarray, predicted: np.ndarray) -> float:
    hit = (true & predicted).sum()
    total = true.sum() + predicted.sum()
    return float(2 * hit / total) if total else np.nan


def calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error, bins of equal width."""
    edges = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(
        (edges == b).mean() * abs(confidence[edges == b].mean() - correct[edges == b].mean()) for b in range(bins) if (edges == b).any()))


def overlap_counts(true: list[list[dict]], predicted: list[list[dict]]) -> np.ndarray:
    """Per message: characters shared by true and found spans of the same kind, characters found, characters wanted."""
    characters = lambda spans: {(span["kind"], c) for span in spans for c in range(span["start"], span["end"])}
    pairs = [(characters(t), characters(p)) for t, p in zip(true, predicted)]
    return np.array([[len(a & b), len(b), len(a)] for a, b in pairs], float).reshape(-1, 3)


def touch_counts(true: list[list[dict]], predicted: list[list[dict]]) -> np.ndarray:
    """Per message: true spans touched by a found one of their kind, found spans that touch a true one, found, wanted."""
    touch = lambda a, b: a["kind"] == b["kind"] and a["start"] < b["end"] and b["start"] < a["end"]
    return np.array([[sum(any(touch(a, b) for b in p) for a in t), sum(any(touch(a, b) for a in t) for b in p), len(p), len(t)]
                     for t, p in zip(true, predicted)], float).reshape(-1, 4)


def overlap_f1(counts: np.ndarray) -> float:
    shared, found, wanted = counts.sum(0)
    return float(2 * shared / (found + wanted)) if found + wanted else np.nan


def touched_f1(counts: np.ndarray) -> float:
    recalled, precise, found, wanted = counts.sum(0)
    if not wanted and not found:
        return np.nan
    if not recalled or not precise:
        return 0.0
    recall, precision = recalled / wanted, precise / found
    return float(2 * recall * precision / (recall + precision))
