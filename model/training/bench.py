"""Milliseconds per message on one core at 16, 64 and 256 tokens, beside the shapes of MiniLM-L6 and DistilBERT.

On a machine shared with other work the least of many repeats is what the core can do; the median shows the neighbours too.

The rivals have random weights of the published shapes (time does not depend on the values), exported and quantised the same way.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from .inference import Model, session
from .network import Block

LENGTHS = (16, 64, 256)
RIVALS = {"MiniLM-L6": (384, 6, 12, 30_522), "DistilBERT": (768, 6, 12, 30_522)}


class Encoder(nn.Module):
    def __init__(self, width: int, layers: int, heads: int, vocabulary: int):
        super().__init__()
        self.table, self.position = nn.Embedding(vocabulary, width), nn.Embedding(512, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.head = nn.Linear(width, 19)

    def forward(self, input_ids, attention_mask):
        x = self.table(input_ids) + self.position.weight[: input_ids.shape[1]]
        bias = ((1 - attention_mask.float()) * -1e4)[:, None, None, :]
        for block in self.blocks:
            x = block(x, bias)
        return self.head(x[:, 0])


def _time(run, repeats: int) -> dict:
    for _ in range(10):
        run()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1000)
    return {"least": round(min(times), 3), "p50": round(float(np.percentile(times, 50)), 3), "p95": round(float(np.percentile(times, 95)), 3)}


def core_limit() -> float:
    """int8 multiply-adds per second of one core, measured with one large quantised product."""
    class Product(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(1024, 1024))

        def forward(self, x):
            return x @ self.weight

    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "a.onnx", Path(scratch) / "b.onnx"
        torch.onnx.export(Product().eval(), (torch.randn(512, 1024),), str(plain), input_names=["x"], opset_version=17, dynamo=False)
        quantize_dynamic(str(plain), str(small), weight_type=QuantType.QInt8, per_channel=True)
        s = session(small)
        x = np.random.randn(512, 1024).astype(np.float32)
        ms = _time(lambda: s.run(None, {"x": x}), 30)["least"]
    return 512 * 1024 * 1024 / (ms / 1000)


def figures(model: Model) -> dict:
    report: dict = {"threads": 1}
    rng = np.random.default_rng(1)
    vocabulary = model.config["vocab_size"]

    def feed(batch: int, length: int, size: int) -> dict:
        ids = rng.integers(5, size, (batch, length))
        return {"input_ids": ids, "attention_mask": np.ones_like(ids)}

    ours = {}
    # Longer texts are windows of at most max_tokens, one run each.
    window, stride = model.config["text"]["max_tokens"], model.config["text"]["stride"]
    for length in LENGTHS:
        runs = 1 if length <= window else 1 + -(-(length - window) // stride)
        f = feed(1, min(length, window), vocabulary)
        ours[str(length)] = _time(lambda: [model.session.run(None, f) for _ in range(runs)], 400)
    f = feed(32, 64, vocabulary)
    ours["64 in a batch of 32, per message"] = {k: round(v / 32, 3) for k, v in _time(lambda: model.session.run(None, f), 20).items()}
    report["shipped"] = ours
    tokens_per_second = 64 / (ours["64"]["least"] / 1000)
    width, layers = model.config["hidden_size"], model.config["num_hidden_layers"]
    per_token = layers * (12 * width * width + 2 * 64 * width)
    limit = core_limit()
    report["arithmetic"] = {
        "tokens_per_second_at_64": round(tokens_per_second), "multiply_adds_per_token": per_token,
        "core_int8_multiply_adds_per_second": round(limit), "share_of_limit": round(tokens_per_second * per_token / limit, 3)}
    for name, (rival_width, rival_layers, heads, size) in RIVALS.items():
        with tempfile.TemporaryDirectory() as scratch:
            plain, small = Path(scratch) / "a.onnx", Path(scratch) / "b.onnx"
            ids = torch.ones(1, 8, dtype=torch.long)
            torch.onnx.export(Encoder(rival_width, rival_layers, heads, size).eval(), (ids, ids), str(plain), input_names=["input_ids", "attention_mask"],
                              output_names=["y"], dynamic_axes={"input_ids": {0: "b", 1: "t"}, "attention_mask": {0: "b", 1: "t"}}, opset_version=17, dynamo=False)
            quantize_dynamic(str(plain), str(small), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm", "Gather"])
            s = session(small)
            report[name] = {"megabytes": round(small.stat().st_size / 1e6, 1)}
            for length in LENGTHS:
                f = feed(1, length, size)
                report[name][str(length)] = _time(lambda: s.run(None, f), 30)
            f = feed(32, 64, size)
            report[name]["64 in a batch of 32, per message"] = {k: round(v / 32, 3) for k, v in _time(lambda: s.run(None, f), 5).items()}
    return report
