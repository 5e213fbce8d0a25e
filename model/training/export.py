"""Net to one ONNX graph: all branches, every head, calibration as constants behind the heads, int8 weights."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from .labels import HEADS, TRIGGER_TAGS
from .network import LOOKUP_SHARE, Net, fuse

OUTPUTS = [*(f"{name}_logits" for name in HEADS), "trigger_logits", "embedding"]


@dataclass
class Calibration:
    """Per head: logits * scale + bias. It stands behind the quantised layers, so fitting it never changes their weights."""

    scale: dict[str, list[float]] = field(default_factory=dict)
    bias: dict[str, list[float]] = field(default_factory=dict)


class Served(nn.Module):
    def __init__(self, net: Net, calibration: Calibration):
        super().__init__()
        self.net = net
        for name, labels in [(n, labels) for n, (_, labels) in HEADS.items()] + [("trigger", TRIGGER_TAGS)]:
            scale = calibration.scale.get(name, [1.0] * len(labels))
            bias = calibration.bias.get(name, [0.0] * len(labels))
            self.register_buffer(f"scale_{name}", torch.tensor(scale, dtype=torch.float32))
            self.register_buffer(f"bias_{name}", torch.tensor(bias, dtype=torch.float32))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        net = self.net
        bag, deep, tokens = net.features(input_ids, attention_mask)
        linear = net.lookup(input_ids, attention_mask) if net.lookup is not None else {}
        found = []
        for name, (kind, _) in HEADS.items():
            logits = fuse(kind, (net.bag_heads[name](bag), net.transformer_heads[name](deep)), linear.get(name), LOOKUP_SHARE.get(name, 0.0))
            found.append(logits * getattr(self, f"scale_{name}") + getattr(self, f"bias_{name}"))
        tags = net.tags(tokens)
        linear_tags = net.tag_lookup(input_ids, attention_mask) if net.tag_lookup is not None else None
        found.append(fuse("single", (tags, tags), linear_tags, LOOKUP_SHARE["trigger"]) * self.scale_trigger + self.bias_trigger)
        found.append(net.embed(bag, deep))
        return tuple(found)


def fold(net: Net) -> Net:
    """Character n-grams into the piece tables: no cost at run time. The result cannot be trained further."""
    if net.bag.table.grams is not None:
        net.bag.table = net.bag.table.folded()
        net.transformer.table = net.transformer.table.folded()
    return net.eval()


def to_onnx(net: Net, calibration: Calibration, path: Path, quantised: bool = True) -> None:
    served = Served(fold(net), calibration).eval()
    # Two rows of unequal length, so that the tracer sees padding and dynamic axes.
    ids = torch.tensor([[2, 9, 10, 11, 12, 3], [2, 9, 10, 3, 0, 0]])
    mask = (ids != 0).long()
    axes = {"input_ids": {0: "batch", 1: "tokens"}, "attention_mask": {0: "batch", 1: "tokens"}}
    axes |= {name: {0: "batch"} for name in OUTPUTS}
    axes["trigger_logits"] = {0: "batch", 1: "tokens"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "model.onnx" if quantised else path
        with torch.no_grad():
            torch.onnx.export(served, (ids, mask), str(plain), input_names=["input_ids", "attention_mask"], output_names=OUTPUTS,
                              dynamic_axes=axes, opset_version=17, dynamo=False)
        if quantised:
            quantize_dynamic(str(plain), str(path), weight_type=QuantType.QInt8, per_channel=True,
                             op_types_to_quantize=["MatMul", "Gemm", "Gather"], extra_options={"MatMulConstBOnly": True})


def torch_outputs(net: Net, calibration: Calibration, ids: np.ndarray) -> dict[str, np.ndarray]:
    """What the ONNX graph must answer, for the parity check."""
    x = torch.from_numpy(ids)[None]
    with torch.no_grad():
        out = Served(net, calibration).eval()(x, torch.ones_like(x))
    return {name: t.numpy() for name, t in zip(OUTPUTS, out)}
