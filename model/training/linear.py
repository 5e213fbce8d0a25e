"""TF-IDF of words and characters with a linear model: the yardstick beside every figure, and a second voice for teachers."""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion

from .words import joined


def _prepared(text: str) -> str:
    return joined(text).lower()


class Linear:
    def __init__(self, multi: bool = False, strength: float = 5.0, most_features: int | None = 120_000):
        self.multi = multi
        self.features = FeatureUnion([
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, preprocessor=_prepared, max_features=most_features)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, preprocessor=_prepared, max_features=most_features)),
        ])
        one = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced") if multi else LogisticRegression(C=strength, max_iter=80, class_weight="balanced")
        self.model = OneVsRestClassifier(one) if multi else one

    def fit(self, texts: list[str], target: np.ndarray, weights: np.ndarray | None = None) -> "Linear":
        x = self.features.fit_transform(texts)
        self.model.fit(x, target) if weights is None else self.model.fit(x, target, sample_weight=weights)
        return self

    def probabilities(self, texts: list[str], size: int) -> np.ndarray:
        p = self.model.predict_proba(self.features.transform(texts))
        out = np.zeros((len(texts), size), np.float32)
        if self.multi:
            return p.astype(np.float32)
        out[:, self.model.classes_] = p
        return out
