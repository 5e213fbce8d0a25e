"""The reference of what the service does with a text: words, ids, windows, graph, pooling, thresholds, trigger spans.

Batch size is always one: dynamic int8 scales activations over a whole batch, and a score must not depend on neighbours.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from .labels import HEADS, TRIGGER_TAGS
from .tokenizer import encode_with_words, load, windows
from .words import words

ORDINAL = ("urgency", "priority")  # labels in rising order


def session(path: Path, threads: int = 1) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def softmax(logits: np.ndarray) -> np.ndarray:
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def pool(name: str, per_window: np.ndarray, rule: str) -> np.ndarray:
    """Probabilities of a whole text from those of its windows."""
    if len(per_window) == 1:
        return per_window[0]
    if rule == "max":
        return per_window.max(0)
    if rule == "ordinal_max":
        # P(level >= k) of a text is the largest of its windows: one alarming paragraph is enough.
        at_least = np.cumsum(per_window[:, ::-1], 1)[:, ::-1].max(0)
        return np.append(at_least[:-1] - at_least[1:], at_least[-1])
    log = np.log(np.maximum(per_window, 1e-12)).mean(0)
    return softmax(log)


@dataclass
class Scores:
    probabilities: dict[str, np.ndarray]
    embedding: np.ndarray
    triggers: list[dict]
    window_count: int

    def top(self, name: str) -> tuple[str, float]:
        p = self.probabilities[name]
        return HEADS[name][1][int(p.argmax())], float(p.max())


class Model:
    def __init__(self, folder: Path, file: str = "onnx/model_quantized.onnx"):
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.tokenizer = load(folder)
        self.session = session(folder / file)
        self.names = [output.name for output in self.session.get_outputs()]

    def run(self, ids: np.ndarray) -> dict[str, np.ndarray]:
        feed = {"input_ids": ids[None], "attention_mask": np.ones_like(ids)[None]}
        return dict(zip(self.names, self.session.run(None, feed)))

    def score(self, text: str) -> Scores:
        text_config = self.config["text"]
        ids, ranges = encode_with_words(self.tokenizer, text)
        parts = windows(ids, text_config["max_tokens"], text_config["stride"])[: text_config["max_windows"]]
        outs = [self.run(window) for _, window in parts]
        probabilities = {}
        for name, head in self.config["heads"].items():
            if head["type"] not in ("single_label", "multi_label"):
                continue
            logits = np.stack([out[head["output"]][0] for out in outs])
            squash = softmax if head["type"] == "single_label" else sigmoid
            probabilities[name] = pool(name, squash(logits), head["pooling"])
        embedding = np.stack([out["embedding"][0] for out in outs]).mean(0)
        token_probabilities = np.zeros((len(ids), len(TRIGGER_TAGS)))
        for (start, window), out in zip(parts, outs):
            inner = softmax(out["trigger_logits"][0])[1:-1]
            # Where windows overlap, the more alarmed one counts.
            here = token_probabilities[start:start + len(inner)]
            better = (1 - inner[:, 0]) > here[:, 1:].sum(1)
            here[better] = inner[better]
        head = self.config["heads"]["trigger"]
        return Scores(probabilities, embedding / np.linalg.norm(embedding),
                      decode_spans(text, ranges, token_probabilities, head["threshold"], head["min_words"]), len(parts))


def decode_spans(text: str, ranges: list[tuple[int, int]], probabilities: np.ndarray, threshold: float, min_words: int) -> list[dict]:
    """Words whose P(not O) reaches the threshold, joined over gaps of one word; the kind is the largest summed probability."""
    by_word: dict[tuple[int, int], np.ndarray] = {}
    for where, p in zip(ranges, probabilities):
        if where not in by_word or p[0] < by_word[where][0]:
            by_word[where] = p
    order = list(by_word)
    hot = [index for index, where in enumerate(order) if 1 - by_word[where][0] >= threshold]
    runs: list[list[int]] = []
    for index in hot:
        if runs and index - runs[-1][-1] <= 2:
            runs[-1].append(index)
        else:
            runs.append([index])
    found = []
    for run in runs:
        first, last = run[0], run[-1]
        if last - first + 1 < min_words:
            continue
        mass = sum(by_word[order[i]][1:] for i in range(first, last + 1))
        start, end = order[first][0], order[last][1]
        confidence = float(np.mean([1 - by_word[order[i]][0] for i in run]))
        found.append({"kind": TRIGGER_TAGS[1 + int(mass.argmax())], "start": start, "end": end, "quote": text[start:end], "confidence": round(confidence, 4)})
    return found


__all__ = ["Model", "Scores", "decode_spans", "pool", "session", "sigmoid", "softmax", "words"]
