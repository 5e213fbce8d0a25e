"""Trains the trigger head on the frozen token vectors of a finished net: two minutes, and the other heads cannot suffer.

Only messages labelled with the whole guide have quotes. Rare kinds get more weight; the threshold is set on dev afterwards.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .examples import Examples
from .labels import TRIGGER_TAGS
from .network import Net, Tagger
from .train import pad


def frozen(net: Net, examples: Examples, rows: list[int]) -> list[torch.Tensor]:
    """Token vectors per message, in half precision to fit memory."""
    found: list[torch.Tensor | None] = [None] * len(rows)
    order = sorted(range(len(rows)), key=lambda k: len(examples.ids[rows[k]]))
    with torch.no_grad():
        for start in range(0, len(order), 64):
            chosen = order[start:start + 64]
            ids, mask = pad([examples.ids[rows[k]] for k in chosen])
            tokens = net.features(ids, mask)[2]
            for at, k in enumerate(chosen):
                found[k] = tokens[at, : len(examples.ids[rows[k]])].to(torch.bfloat16)
    return found


def fit(net: Net, examples: Examples, run: Path, seed: int = 1, epochs: int = 8, batch: int = 64) -> Net:
    path = run / "checkpoints" / "tagger.pt"
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    width = net.shape.width * 2 + net.shape.ngram_width
    tagger = Tagger(width)
    if path.exists():
        tagger.load_state_dict(torch.load(path, weights_only=True))
        net.tags = tagger.eval()
        return net
    rows = [i for i in range(len(examples.ids)) if examples.tags[i] is not None]
    vectors = frozen(net, examples, rows)
    tags = [torch.from_numpy(examples.tags[i]) for i in rows]
    counts = np.bincount(np.concatenate([t[t >= 0].numpy() for t in tags]), minlength=len(TRIGGER_TAGS))
    weight = torch.tensor(np.clip((counts[0] / np.maximum(counts, 1)) ** 0.35, 1, 6), dtype=torch.float32)
    optimizer = torch.optim.AdamW(tagger.parameters(), 2e-3, weight_decay=0.02)
    steps = epochs * (len(rows) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps + 1)
    lengths = np.array([len(t) for t in tags])
    tagger.train()
    done = 0
    while done < steps:
        shuffled = rng.permutation(len(rows))
        pools = [shuffled[i:i + batch * 16] for i in range(0, len(shuffled), batch * 16)]
        for pool in pools:
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            chunks = [pool[i:i + batch] for i in range(0, len(pool), batch)]
            for chunk in (chunks[i] for i in rng.permutation(len(chunks))):
                if done >= steps:
                    break
                x = torch.nn.utils.rnn.pad_sequence([vectors[k].float() for k in chunk], batch_first=True)
                y = torch.nn.utils.rnn.pad_sequence([tags[k] for k in chunk], batch_first=True, padding_value=-1)
                loss = F.cross_entropy(tagger(x).flatten(0, 1), y.flatten(), weight=weight, ignore_index=-1, label_smoothing=0.02)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                done += 1
                if done % 100 == 0:
                    print(f"tagger {done}/{steps} loss {float(loss.detach()):.4f}", flush=True)
    torch.save(tagger.state_dict(), path)
    net.tags = tagger.eval()
    return net
