"""PyTorch beside ONNX before and after int8, and a message alone beside the same message with others."""

import tempfile
from pathlib import Path

import numpy as np

from . import corpus
from .export import OUTPUTS, Calibration, to_onnx, torch_outputs
from .fixtures import DIALOGUE, ODD, PLAIN
from .inference import Model, session
from .labels import HEADS
from .network import Net
from .tokenizer import encode_with_words, windows


def figures(net: Net, model: Model, data: Path) -> dict:
    """`net` may be folded already; `model` is the shipped folder, whose calibration is used on both sides."""
    heads = model.config["heads"]
    folded = {name: heads[name]["calibration_folded_in"] for name in HEADS if "calibration_folded_in" in heads[name]}
    calibration = Calibration({n: f["scale"] for n, f in folded.items()}, {n: f["bias"] for n, f in folded.items()})
    texts = PLAIN + ODD + DIALOGUE + [row.text for row in corpus.labelled(data, "dev")]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.onnx"
        to_onnx(net, calibration, path, quantised=False)
        plain = session(path)
        largest, same = 0.0, {name: [] for name in HEADS}
        for text in texts:
            ids, _ = encode_with_words(model.tokenizer, text)
            window = windows(ids, model.config["text"]["max_tokens"], model.config["text"]["stride"])[0][1]
            wanted = torch_outputs(net, calibration, window)
            feed = {"input_ids": window[None], "attention_mask": np.ones_like(window)[None]}
            got = dict(zip(OUTPUTS, plain.run(None, feed)))
            largest = max(largest, max(float(np.abs(wanted[name] - got[name]).max()) for name in OUTPUTS))
            small = model.run(window)
            for name in HEADS:
                a, b = got[f"{name}_logits"][0], small[f"{name}_logits"][0]
                same[name].append(bool(((a > 0) == (b > 0)).all()) if HEADS[name][0] == "multi" else int(a.argmax()) == int(b.argmax()))
    return {"messages": len(texts), "largest_difference_before_int8": largest, "same_top_label_after_int8": {n: round(float(np.mean(v)), 4) for n, v in same.items()}}
