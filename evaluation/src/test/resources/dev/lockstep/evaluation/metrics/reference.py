"""Writes reference.json: metrics of random cases with ties and weights, by scikit-learn.

Run: python3 reference.py > reference.json
"""
import json

import numpy as np
from sklearn import metrics as m

rng = np.random.default_rng(7)
EPS = 1e-15


def ece(y, p, w):
    """Of the positive class, or of the likeliest class and whether it was right."""
    bins = np.minimum(9, (p * 10).astype(int))
    gaps = [abs(np.sum(w[bins == b] * (y[bins == b] - p[bins == b]))) for b in range(10)]
    return sum(gaps) / w.sum()


def binary(n):
    y = (rng.random(n) < rng.uniform(0.1, 0.6)).astype(int)
    p = np.round(np.clip(0.3 * y + 0.8 * rng.random(n), 0, 1) * 25) / 25
    w = rng.integers(1, 9, n) / 4
    both = np.column_stack([1 - p, p])
    values = {
        "auc": m.roc_auc_score(y, p, sample_weight=w),
        "prAuc": m.average_precision_score(y, p, sample_weight=w),
        "logLoss": m.log_loss(y, both, eps=EPS, sample_weight=w),
        "accuracy": m.accuracy_score(y, p > 0.5, sample_weight=w),
        "f1": m.f1_score(y, p > 0.5, sample_weight=w),
        "brier": m.brier_score_loss(y, p, sample_weight=w),
        "ece": ece(y, p, w),
    }
    return "BINARY", 2, y, w, both, values


def multiclass(n, k):
    y = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    p = np.array([rng.multinomial(10, (np.eye(k)[c] + 0.7) / (1 + 0.7 * k)) / 10 for c in y])
    w = rng.integers(1, 9, n) / 4
    best = p.argmax(1)
    values = {
        "accuracy": m.accuracy_score(y, best, sample_weight=w),
        "logLoss": m.log_loss(y, p, eps=EPS, sample_weight=w),
        "macroF1": m.f1_score(y, best, average="macro", sample_weight=w),
        "weightedF1": m.f1_score(y, best, average="weighted", sample_weight=w),
        "macroAuc": m.roc_auc_score(y, p, multi_class="ovr", average="macro", sample_weight=w),
        "weightedAuc": m.roc_auc_score(
            y, p, multi_class="ovr", average="weighted", sample_weight=w
        ),
        "macroPrAuc": m.average_precision_score(np.eye(k)[y], p, average="macro", sample_weight=w),
        "brier": np.average(((p - np.eye(k)[y]) ** 2).sum(1), weights=w),
        "ece": ece((best == y).astype(float), p.max(1), w),
    }
    return "MULTICLASS", k, y, w, p, values


def regression(n):
    y = np.round(rng.normal(50, 12, n), 2)
    p = np.round(y + rng.normal(1, 5, n), 1)
    w = rng.integers(1, 9, n) / 4
    values = {
        "rmse": m.mean_squared_error(y, p, sample_weight=w, squared=False),
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "r2": m.r2_score(y, p, sample_weight=w),
        "pinball10": m.mean_pinball_loss(y, p, alpha=0.1, sample_weight=w),
        "pinball90": m.mean_pinball_loss(y, p, alpha=0.9, sample_weight=w),
    }
    return "REGRESSION", 0, y, w, p.reshape(-1, 1), values


cases = [binary(n) for n in (12, 40, 90, 160)]
cases += [multiclass(n, k) for n, k in ((30, 3), (60, 4), (120, 5))]
cases += [regression(n) for n in (10, 50, 120)]
print(
    json.dumps(
        [
            {
                "task": task,
                "classes": k,
                "label": [float(v) for v in y],
                "weight": w.tolist(),
                "prediction": p.tolist(),
                "metrics": {name: float(v) for name, v in values.items()},
            }
            for task, k, y, w, p, values in cases
        ]
    )
)
