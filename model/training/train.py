"""Trains the two-branch network on all heads at once, with checkpoints to resume from."""

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .examples import CORE, SHARES, Examples
from .labels import HEADS
from .network import Net, Shape
from .tokenizer import PAD, UNK

HEAD_WEIGHT = {"intent": 1.0, "sentiment": 0.8, "emotions": 0.7, "urgency": 0.5, "priority": 0.8, "language": 0.4}
TRIGGER_WEIGHT, AUXILIARY_WEIGHT, TOPIC_WEIGHT = 0.6, 0.4, 0.3
MEANING_WEIGHT = 1.0
MULTI_LABEL = {"goemotions", "multidogo", "nlupp", "semeval18_emotions"}


def pad(ids: list[np.ndarray], least: int = 4) -> tuple[Tensor, Tensor]:
    length = max(least, max(len(item) for item in ids))
    x = np.full((len(ids), length), PAD, np.int64)
    mask = np.zeros_like(x)
    for row, item in enumerate(ids):
        x[row, : len(item)] = item
        mask[row, : len(item)] = 1
    return torch.from_numpy(x), torch.from_numpy(mask)


class TableAdam:
    """Adam for tables whose gradients are sparse: only the rows seen in a step move, and their moments with them."""

    def __init__(self, tables: list[torch.nn.Parameter], betas: tuple[float, float] = (0.9, 0.999)):
        self.tables, self.betas, self.steps = tables, betas, 0
        self.moments = [(torch.zeros_like(table), torch.zeros_like(table)) for table in tables]

    def zero_grad(self) -> None:
        for table in self.tables:
            table.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        self.steps += 1
        (b1, b2), k = self.betas, self.steps
        rate *= math.sqrt(1 - b2 ** k) / (1 - b1 ** k)
        for table, (mean, square) in zip(self.tables, self.moments):
            if table.grad is None:
                continue
            gradient = table.grad.coalesce()
            rows, g = gradient.indices()[0], gradient.values()
            m, v = mean[rows].lerp_(g, 1 - b1), square[rows].mul_(b2).addcmul_(g, g, value=1 - b2)
            mean[rows], square[rows] = m, v
            table.data.index_add_(0, rows, m.div_(v.sqrt_().add_(1e-8)), alpha=-rate)

    def state_dict(self) -> dict:
        return {"steps": self.steps, "moments": self.moments}

    def load_state_dict(self, state: dict) -> None:
        self.steps, self.moments = state["steps"], state["moments"]


class Sampler:
    """Batches of similar length (little padding), drawn by the shares of the groups; rare intents a little more often."""

    def __init__(self, examples: Examples, batch: int, seed: int, shares: dict[str, float] = SHARES):
        self.examples, self.batch, self.rng = examples, batch, np.random.default_rng(seed)
        groups: dict[str, list[int]] = {}
        for index, group in enumerate(examples.group_of):
            groups.setdefault(group, []).append(index)
        self.groups = {name: np.array(found) for name, found in groups.items()}
        self.names = list(self.groups)
        shares_here = np.array([shares[name] for name in self.names])
        self.shares = shares_here / shares_here.sum()
        self.chances = {}
        for name, found in self.groups.items():
            chance = np.ones(len(found))
            if name in CORE:
                intents = examples.targets["intent"][found].argmax(1)
                chance = 1 / np.sqrt(np.bincount(intents, minlength=64)[intents])
            self.chances[name] = chance / chance.sum()

    def __iter__(self) -> Iterator[np.ndarray]:
        while True:
            counts = self.rng.multinomial(self.batch * 16, self.shares)
            pool = np.concatenate([
                self.rng.choice(self.groups[name], size=count, p=self.chances[name]) for name, count in zip(self.names, counts) if count])
            pool = pool[np.argsort([len(self.examples.ids[i]) for i in pool], kind="stable")]
            batches = [pool[i:i + self.batch] for i in range(0, len(pool), self.batch)]
            for index in self.rng.permutation(len(batches)):
                yield batches[index]


def warm_cosine(step: int, steps: int) -> float:
    """Share of the rate at a step: up over the first twentieth, then down to a fiftieth."""
    return min(1, step / max(50, steps // 20)) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def inside(logits: Tensor, member: Tensor, smoothing: float = 0.05) -> Tensor:
    """Minus the log of the probability inside the set of allowed labels (plain cross entropy when it is one label)."""
    log = F.log_softmax(logits, -1)
    allowed = member.clamp(min=1e-9).log()
    return (1 - smoothing) * -torch.logsumexp(log + allowed, -1) - smoothing * log.mean(-1)


class Imitation(nn.Module):
    """Asks both branches to hold what a mentor's features hold of the same message. Dropped when training ends."""

    def __init__(self, net: Net, width: int):
        super().__init__()
        self.bag, self.deep = nn.Linear(net.bag.width, width), nn.Linear(net.transformer.width, width)

    def forward(self, features: tuple[Tensor, Tensor], meaning: Tensor) -> Tensor:
        """Summed over messages: one minus the cosine, of each branch."""
        return sum((1 - F.cosine_similarity(linear(held).float(), meaning, dim=1)).sum() for linear, held in zip((self.bag, self.deep), features))


def losses(net: Net, examples: Examples, batch: np.ndarray, ids: Tensor, mask: Tensor, imitation: Imitation | None = None) -> dict[str, Tensor]:
    out = {name: tuple(t.float() for t in pair) if name not in ("tokens", "features") else pair for name, pair in net(ids, mask).items()}
    size = len(batch)
    soft = torch.from_numpy(examples.soft[batch])  # rows whose targets are a teacher's probabilities
    found: dict[str, Tensor] = {}
    for name, (kind, _) in HEADS.items():
        weight = torch.from_numpy(examples.weights[name][batch])
        if not weight.any():
            continue
        target = torch.from_numpy(examples.targets[name][batch])
        total = 0.0
        for logits in out[name]:
            if kind == "single":
                each = torch.where(soft, -(target * F.log_softmax(logits, -1)).sum(-1), inside(logits, target))
            else:
                known = (target >= 0).float()
                each = (F.binary_cross_entropy_with_logits(logits, target.clamp(min=0), reduction="none") * known).sum(1)
            total = total + (each * weight).sum() / size
        found[name] = HEAD_WEIGHT[name] * total
    # A third of the batch is enough to keep the token vectors useful; the trigger head is trained apart afterwards.
    rows = [row for row, i in enumerate(batch) if examples.tags[i] is not None][:: 3]
    if rows:
        tags = np.full((len(rows), ids.shape[1]), -1, np.int64)
        for at, row in enumerate(rows):
            tags[at, : len(examples.tags[batch[row]])] = examples.tags[batch[row]]
        logits = net.tags(net.drop_tokens(out["tokens"][0][rows])).float()
        found["trigger"] = TRIGGER_WEIGHT * 8 * F.cross_entropy(logits.flatten(0, 1), torch.from_numpy(tags).flatten(), ignore_index=-1)
    by_task: dict[str, list[tuple[int, list[int]]]] = {}
    for row, i in enumerate(batch):
        if examples.aux[i]:
            by_task.setdefault(examples.aux[i][0], []).append((row, examples.aux[i][1]))
    for task, items in by_task.items():
        where = [row for row, _ in items]
        target = torch.zeros(len(items), net.auxiliary[task])
        for at, (_, hits) in enumerate(items):
            target[at, hits] = 1
        for logits in out["aux:" + task]:
            each = F.binary_cross_entropy_with_logits(logits[where], target, reduction="none").sum(1) * 0.5 if task in MULTI_LABEL else inside(logits[where], target)
            found["aux"] = found.get("aux", 0) + AUXILIARY_WEIGHT * each.sum() / size
        topic = inside(net.topic_logits(task, out["embedding"][0][where]), target / target.sum(1, keepdim=True).clamp(min=1))
        found["topic"] = found.get("topic", 0) + TOPIC_WEIGHT * topic.sum() / size
    intents = torch.from_numpy((examples.targets["intent"][batch] == 1).sum(1) == 1) & torch.from_numpy(examples.weights["intent"][batch] > 0.5)
    if "intent" in net.prototypes and intents.any():
        topic = inside(net.topic_logits("intent", out["embedding"][0][intents]), torch.from_numpy(examples.targets["intent"][batch])[intents])
        found["topic"] = found.get("topic", 0) + TOPIC_WEIGHT * topic.sum() / size
    if imitation is not None and (rows := [row for row, i in enumerate(batch) if examples.meaning_of[i] >= 0]):
        meaning = torch.from_numpy(examples.meanings[examples.meaning_of[batch[rows]]].astype(np.float32))
        found["meaning"] = MEANING_WEIGHT * imitation(tuple(net.drop(held[rows]) for held in out["features"]), meaning) / size
    return found


def renamed(state: dict) -> dict:
    """Checkpoints of before the first tagger had a class of its own."""
    return {name.replace("tags.weight", "tags.linear.weight").replace("tags.bias", "tags.linear.bias"): value for name, value in state.items()}


def train(examples: Examples, shape: Shape, auxiliary: dict[str, int], grams: np.ndarray, lexical: np.ndarray | None, *, steps: int,
          seed: int, run: Path, name: str, batch: int = 64, rate: float = 1.2e-3, table_rate: float = 2.5e-3, token_drop: float = 0.12,
          shares: dict[str, float] = SHARES, log_every: int = 200, checkpoint_every: int = 500, start_from: Net | None = None) -> Net:
    """A trained net. A finished run of the same name is loaded; an interrupted one goes on from its last checkpoint."""
    folder = run / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pt"
    torch.manual_seed(seed)
    net = Net(shape, auxiliary, grams)
    if lexical is not None:
        for table in (net.bag.table, net.transformer.table):
            table.pieces.weight.data = torch.from_numpy(lexical.copy())
    if start_from is not None:
        net.load_state_dict(start_from.state_dict())
    tables = net.tables()
    sparse = {id(parameter) for parameter in tables}
    imitation = None if examples.meanings is None else Imitation(net, examples.meanings.shape[1])
    dense = [parameter for parameter in net.parameters() if id(parameter) not in sparse] + (list(imitation.parameters()) if imitation else [])
    adam = torch.optim.AdamW(dense, rate, weight_decay=0.01, fused=True)
    table_adam = TableAdam(tables)
    done = 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        net.load_state_dict(renamed(saved["net"]))
        done = saved["step"]
        if done >= steps:
            return net.eval()
        if imitation:
            imitation.load_state_dict(saved["imitation"])
        adam.load_state_dict(saved["adam"])
        table_adam.load_state_dict(saved["table_adam"])
        torch.manual_seed(seed + done)
    began, sums = time.time(), {}
    log = (run / f"{name}.log").open("a", encoding="utf-8")
    net.train()
    for step, chosen in zip(range(done + 1, steps + 1), Sampler(examples, batch, seed + done, shares)):
        scale = warm_cosine(step, steps)
        for group in adam.param_groups:
            group["lr"] = rate * scale
        ids, mask = pad([examples.ids[i] for i in chosen])
        dropped = (torch.rand(ids.shape) < token_drop) & (ids > 4)
        ids = torch.where(dropped, torch.full_like(ids, UNK), ids)
        with torch.autocast("cpu", torch.bfloat16):
            parts = losses(net, examples, chosen, ids, mask, imitation)
        loss = sum(parts.values())
        if not torch.isfinite(loss):
            raise SystemExit(f"{name}: the loss is {float(loss.detach())} at step {step}; nothing of this run is kept beyond the last checkpoint")
        adam.zero_grad()
        table_adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dense, 1.0)
        adam.step()
        table_adam.step(table_rate * scale)
        for key, value in parts.items():
            sums[key] = sums.get(key, 0) + float(value.detach())
        if step % log_every == 0 or step == steps:
            line = {"step": step, "of": steps, "seconds": round(time.time() - began), **{k: round(v / log_every, 3) for k, v in sums.items()}}
            print(name, json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
            sums = {}
        if step % checkpoint_every == 0 and step < steps:
            more = {"imitation": imitation.state_dict()} if imitation else {}
            torch.save({**more, "net": net.state_dict(), "step": step, "adam": adam.state_dict(), "table_adam": table_adam.state_dict()}, path)
    torch.save({"net": net.state_dict(), "step": steps}, path)
    return net.eval()
