"""A trained net to the folder that the service loads: graph, tokenizer, calibration, thresholds, bands, config.json, fixtures."""

import hashlib
import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from . import calibrate, tokenizer as tokenizers_
from .corpus import Row
from .export import Calibration, to_onnx
from .inference import ORDINAL, Model
from .labels import EMOTIONS, HEADS, TRIGGER_TAGS
from .network import Net, Shape
from .words import EMAIL, LINK, MENTION

VERSION = "1.2.0"
MAX_TOKENS, STRIDE = 128, 96
POOLING = {"intent": "mean_log", "sentiment": "mean_log", "language": "mean_log", "emotions": "max", "urgency": "ordinal_max", "priority": "ordinal_max"}


def write(net: Net, tokenizer: Tokenizer, folder: Path, held_out: list[Row], measured: list[Row], critical: list[Row]) -> dict:
    """`measured`, which begins with `held_out`, fits the calibration, its sources weighed as there, and gives the bands their error rates
    and triggers their limit; `held_out` sets the limits of emotions, `critical`, which begins with `measured`, that of P1."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizers_.save(tokenizer, folder)
    graph = folder / "onnx" / "model_quantized.onnx"
    _write_config(folder, net.shape, {})
    to_onnx(net, Calibration(), graph)
    calibration = calibrate.fit(calibrate.raw_logits(Model(folder), measured), measured, calibrate.shares(measured, held_out))
    to_onnx(net, calibration, graph)
    heads = _decisions(Model(folder), held_out, measured, critical)
    return _write_config(folder, net.shape, heads, calibration)


def _decisions(model: Model, held_out: list[Row], measured: list[Row], critical: list[Row]) -> dict:
    outputs = calibrate.raw_logits(model, held_out)
    measured_outputs = calibrate.raw_logits(model, measured)
    heads: dict = {}
    for name, (kind, _) in HEADS.items():
        if name == "language":
            continue
        p = calibrate.probabilities(measured_outputs, name)
        truth = calibrate.truth(measured, name)
        if kind == "single":
            heads[name] = {"bands": calibrate.bands(p.max(1), p.argmax(1) == truth)}
        else:
            thresholds = calibrate.emotion_thresholds(calibrate.probabilities(outputs, name), calibrate.truth(held_out, name))
            limit = np.array([thresholds[label] for label in EMOTIONS])
            said = p >= limit
            heads[name] = {"thresholds": thresholds, "bands": calibrate.bands(p[said], truth[said]) if said.sum() > 40 else {}}
    critical_outputs = calibrate.raw_logits(model, critical)
    # Sources as in the held-out split; what was written for the project weighs a quarter of that.
    weights = np.concatenate([calibrate.shares(measured, held_out), np.full(len(critical) - len(measured), len(held_out) / 4 / max(1, len(critical) - len(measured)))])
    heads["priority"]["critical"] = calibrate.critical_threshold(calibrate.probabilities(critical_outputs, "priority"), calibrate.truth(critical, "priority"), weights)
    # Sources that train and sources that never do count alike.
    own = len(held_out)
    heads["trigger"] = calibrate.trigger_threshold([(outputs, held_out), (measured_outputs[own:], measured[own:])])
    return heads


def _write_config(folder: Path, shape: Shape, decisions: dict, calibration: Calibration | None = None) -> dict:
    heads = {}
    for name, (kind, labels) in HEADS.items():
        heads[name] = {"output": f"{name}_logits", "type": "single_label" if kind == "single" else "multi_label", "labels": labels,
                       "pooling": POOLING[name], **decisions.get(name, {})}
        if name in ORDINAL:
            heads[name]["ordered"] = True
        if calibration and name in calibration.scale:
            heads[name]["calibration_folded_in"] = {
                "scale": [round(v, 4) for v in calibration.scale[name]], "bias": [round(v, 4) for v in calibration.bias[name]]}
    heads["language"]["min_confidence"] = 0.5
    heads["trigger"] = {"output": "trigger_logits", "type": "token_tags", "labels": TRIGGER_TAGS, "gap_words": 1,
                        "threshold": 0.5, "min_words": 2, **decisions.get("trigger", {})}
    heads["embedding"] = {"output": "embedding", "type": "embedding", "size": shape.embedding, "normalised": True, "pooling": "mean_normalised"}
    config = {
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": shape.vocabulary, "hidden_size": shape.width,
        "num_hidden_layers": shape.layers, "num_attention_heads": shape.attention_heads, "intermediate_size": 4 * shape.width,
        "max_position_embeddings": shape.positions, "pad_token_id": 0,
        "version": f"{VERSION}+{_content_hash(folder)}",
        "text": {
            "max_tokens": MAX_TOKENS, "stride": STRIDE, "max_windows": 32,
            "masks": [{"pattern": LINK, "flags": "", "word": "url"}, {"pattern": EMAIL, "flags": "", "word": "email"},
                      {"pattern": MENTION, "flags": "", "word": "user"}],
            "words": "control and format characters (C*) and U+FFFD dropped except tab, LF, CR; white space (Z*, tab, LF, CR) splits; "
                     "punctuation (ASCII non-alphanumeric or P*), symbols So and CJK ideographs are words of one character",
            "letter_runs": "([a-z])\\1{2,} (case-insensitive) becomes two of the letter",
            "max_word_characters": tokenizers_.MAX_WORD,
        },
        "heads": heads,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return config


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in ("tokenizer.json", "onnx/model_quantized.onnx"):
        path = folder / name
        if path.exists():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
