"""What parity.py and defaults.py share: the data sets, the test rows, a run of
orrery, scikit-learn's view of the same rows, and the scores of both."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedShuffleSplit

CLASSIFICATION, REGRESSION = "classification", "regression"

#         name             file                                      target     task
SETS = {
    "htru2":         ("classification/htru2.csv",               "class",   CLASSIFICATION),
    "penguins":      ("classification/penguins.csv",            "species", CLASSIFICATION),
    "wine":          ("classification/wine.csv",                "target",  CLASSIFICATION),
    "breast_cancer": ("classification/breast_cancer.csv",       "target",  CLASSIFICATION),
    "spambase":      ("calibration/spambase.csv",               "class",   CLASSIFICATION),
    "vehicle":       ("calibration/vehicle.csv",                "class",   CLASSIFICATION),
    "diabetes":      ("calibration/diabetes.csv",               "class",   CLASSIFICATION),
    "digits":        ("latent/digits_8x8.csv",                  "digit",   CLASSIFICATION),
    "friedman1":     ("regression/friedman1_n5000_noise1.csv",  "y",       REGRESSION),
    "concrete":      ("regression/concrete.csv",                "y",       REGRESSION),
    "yacht":         ("regression/yacht.csv",                   "y",       REGRESSION),
    "wine-quality":  ("regression/wine-quality-red.csv",        "y",       REGRESSION),
}
NOT_FEATURES = {"majority_vs_rest"}


@dataclass
class Set:
    name: str
    path: Path
    table: pd.DataFrame
    target: str
    task: str
    weight: str | None = None
    features: list = field(default_factory=list)
    exclude: list = field(default_factory=list)

    @property
    def classes(self):
        return sorted(self.table[self.target].unique())

    def y(self, rows):
        """Class numbers, or the target itself."""
        y = self.table[self.target].iloc[rows]
        if self.task == REGRESSION:
            return y.to_numpy(float)
        return y.map({c: i for i, c in enumerate(self.classes)}).to_numpy()

    def w(self, rows):
        return self.table[self.weight].iloc[rows].to_numpy(float) if self.weight else None


def load(folder, name):
    file, target, task = SETS[name]
    path = Path(folder) / file
    table = pd.read_csv(path)
    s = Set(name, path, table, target, task)
    s.exclude = [c for c in table.columns if c in NOT_FEATURES]
    s.features = [c for c in table.columns if c != target and c not in NOT_FEATURES]
    return s


def weighted(s, folder, seed=5):
    """The same set with a column of weights from 0.2 to 3, kept in `folder`."""
    table = s.table.assign(row_weight=np.random.default_rng(seed).uniform(0.2, 3, len(s.table)).round(4))
    path = Path(folder) / f"{s.name}-weighted.csv"
    table.to_csv(path, index=False)
    return Set(s.name + " weighted", path, table, s.target, s.task, "row_weight", s.features, s.exclude)


def split(s, seed, share=0.25):
    """Row numbers (train, test), each class spread evenly."""
    rows = np.arange(len(s.table))
    if s.task == CLASSIFICATION:
        cut = StratifiedShuffleSplit(1, test_size=share, random_state=seed)
        train, test = next(cut.split(rows, s.table[s.target].astype(str)))
        return np.sort(train), np.sort(test)
    test = np.sort(np.random.default_rng(seed).permutation(rows)[: int(round(share * len(rows)))])
    return np.setdiff1d(rows, test), test


@dataclass
class Run:
    numbers: dict
    seconds: float
    predicted: np.ndarray  # [n,k] probabilities or [n] means, in the order of the test rows

    def score(self, name, of="test"):
        return self.numbers[f"{of}.{name}"]["value"]

    def error(self, name, of="test"):
        return self.numbers[f"{of}.{name}"]["error"]


def orrery(program, s, test, settings, threads=1, seed=1):
    """Trains on all rows but `test`, as the command line does it."""
    with tempfile.TemporaryDirectory() as folder:
        rows, out = Path(folder) / "rows.txt", Path(folder) / "run"
        rows.write_text("".join(f"{i}\n" for i in test))
        chosen = {"target": s.target, "test_rows": rows, "repeats": 1, **settings}
        if s.weight:
            chosen["weight"] = s.weight
        if s.exclude:
            chosen["exclude"] = json.dumps(s.exclude)
        command = [program, "run", s.task, "--data", s.path, "--seed", seed, "--threads", threads,
                   "--json", "--quiet", "--no-plots", "--out", out]
        for key, value in chosen.items():
            command += ["--set", f"{key}={value}"]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True,
                              env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "XDG_STATE_HOME": folder,
                                   "XDG_DATA_HOME": folder})
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, command))}\nstatus {done.returncode}: {done.stderr}")
        result = json.loads(done.stdout)
        table = pd.read_csv(out / "predictions.csv").set_index("row").loc[test]
    columns = [f"p.{c}" for c in s.classes] if s.task == CLASSIFICATION else "mean"
    return Run(result["numbers"], result["timings"]["seconds.fit"], table[columns].to_numpy(float))


def encode(s, train, rows, impute):
    """Text one-hot; numbers as they are, beside each with gaps in training an indicator. With `impute`
    for a linear model: gaps filled by the median, numbers standardised, and the indicators with them not."""
    parts = []
    for name in s.features:
        column = s.table[name]
        known, gaps = column.iloc[train], column.iloc[train].isna().any()
        if column.dtype == object:
            parts += [(column.iloc[rows] == word).to_numpy(float) for word in sorted(known.dropna().unique())]
        else:
            x, fit = column.iloc[rows].to_numpy(float), known.to_numpy(float)
            if impute:
                median = np.nanmedian(fit)
                fit, x = np.where(np.isnan(fit), median, fit), np.where(np.isnan(x), median, x)
                x = (x - fit.mean()) / (fit.std() or 1)
            parts.append(x)
        if gaps:
            parts.append(column.iloc[rows].isna().to_numpy(float))
    return np.column_stack(parts)


def log_loss(y, p, w=None):
    return float(np.average(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-15)), weights=w))


def auc(y, p, w=None):
    """One class against the rest; the mean over the classes when there are more than two."""
    which = range(p.shape[1]) if p.shape[1] > 2 else [1]
    return float(np.mean([roc_auc_score(y == c, p[:, c], sample_weight=w) for c in which]))


def rmse(y, p, w=None):
    return float(np.sqrt(np.average((y - p) ** 2, weights=w)))


SCORES = {"log_loss": log_loss, "auc": auc, "rmse": rmse}
