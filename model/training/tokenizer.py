"""Our own lower-casing WordPiece: trained on permitted text only, saved as the two files that transformers.js loads."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from .words import joined, words

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNK, CLS, SEP, MASK = range(5)
MAX_WORD = 64  # longer words become [UNK] as a whole


def train(texts: Iterable[str], size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=MAX_WORD))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True, clean_text=True, handle_chinese_chars=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=3, special_tokens=SPECIAL, limit_alphabet=400, show_progress=False)
    tokenizer.train_from_iterator((joined(text) for text in texts), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)])
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    body = json.loads(tokenizer.to_str())
    (folder / "tokenizer.json").write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "strip_accents": True, "tokenize_chinese_chars": True,
        "model_max_length": 1_000_000, "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "mask_token": "[MASK]"}, indent=2) + "\n", encoding="utf-8")


def load(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[np.ndarray]:
    """Ids without [CLS] and [SEP]; windows add them."""
    encoded = tokenizer.encode_batch_fast([joined(text) for text in texts], add_special_tokens=False)
    return [np.array(item.ids, np.int32) for item in encoded]


def encode_with_words(tokenizer: Tokenizer, text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Ids and, per id, the character range of its word in the text as given."""
    found = words(text)
    item = tokenizer.encode([word.text for word in found], is_pretokenized=True, add_special_tokens=False)
    return np.array(item.ids, np.int32), [(found[i].start, found[i].end) for i in item.word_ids]


def first_windows(tokenizer: Tokenizer, texts: list[str], size: int) -> list[np.ndarray]:
    """[CLS] ids [SEP] of what fits into `size` tokens of each text."""
    return [np.concatenate([[CLS], ids[: size - 2], [SEP]]).astype(np.int64) for ids in encode(tokenizer, texts)]


def windows(ids: np.ndarray, size: int, stride: int) -> list[tuple[int, np.ndarray]]:
    """(offset, [CLS] ids [SEP]) per window of at most `size` tokens. A short text is one window, an empty one [CLS][SEP]."""
    room = size - 2
    starts = [0]
    while starts[-1] + room < len(ids):
        starts.append(starts[-1] + stride)
    return [(start, np.concatenate([[CLS], ids[start:start + room], [SEP]]).astype(np.int64)) for start in starts]
