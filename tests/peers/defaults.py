"""Everybody's defaults on the same test rows: what a user gets who sets nothing.

Orrery keeps 0.2 of the training rows for validation, as its recipes do; the
peers train on all of them. Log-loss for classification, RMSE for regression,
the mean over the seeds; the last row is the geometric mean over the data sets
of each column's ratio to the first column, scikit-learn's linear model."""

import argparse
import time
import warnings

import numpy as np
from sklearn.ensemble import (HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from xgboost import XGBClassifier, XGBRegressor

from peers import CLASSIFICATION, REGRESSION, SETS, encode, load, log_loss, orrery, rmse, split

#  column          classification                   regression                     gaps filled and scaled
PEERS = {
    "sk linear":  (LogisticRegression,             Ridge,                         True),
    "sk knn":     (KNeighborsClassifier,           KNeighborsRegressor,           True),
    "sk forest":  (RandomForestClassifier,         RandomForestRegressor,         True),
    "sk mlp":     (MLPClassifier,                  MLPRegressor,                  True),
    "sk hist":    (HistGradientBoostingClassifier, HistGradientBoostingRegressor, False),
    "xgboost":    (XGBClassifier,                  XGBRegressor,                  False),
}
SEEDLESS = {LogisticRegression, Ridge, KNeighborsClassifier, KNeighborsRegressor}
OURS = {
    CLASSIFICATION: ("constant", "logistic", "knn", "random_forest", "boosted_trees", "mlp", "ensemble"),
    REGRESSION:     ("constant", "ridge", "knn", "random_forest", "boosted_trees", "mlp", "ensemble"),
}


def smoothed(kind, p, n, k):
    """Votes that no zero comes out of, as orrery counts them: else one row decides the peer's log-loss."""
    votes = {KNeighborsClassifier: 5, RandomForestClassifier: n}.get(kind)
    return p if votes is None else (votes * p + 1) / (votes + k)


def peer(s, name, train, test, seed):
    kind = PEERS[name][s.task == REGRESSION]
    filled = PEERS[name][2]
    threads = {} if kind is Ridge or any(word in kind.__name__ for word in ("Hist", "MLP")) else {"n_jobs": 1}
    model = kind(**threads, **({} if kind in SEEDLESS else {"random_state": seed}))
    x = encode(s, train, train, filled)
    start = time.perf_counter()
    model.fit(x, s.y(train))
    seconds = time.perf_counter() - start
    x = encode(s, train, test, filled)
    if s.task == REGRESSION:
        return rmse(s.y(test), model.predict(x)), seconds
    p = smoothed(kind, model.predict_proba(x).astype(float), len(train), len(s.classes))
    return log_loss(s.y(test), p / p.sum(axis=1, keepdims=True)), seconds


def ours(a, s, name, test, seed):
    run = orrery(a.orrery, s, test, {"model": name, "baseline": "constant", **a.set}, seed=seed)
    return run.score("log_loss" if s.task == CLASSIFICATION else "rmse"), run.seconds


def table(a, task):
    columns = [c for c in (*PEERS, *OURS[task]) if not a.columns or c in a.columns]
    print(f"{'log-loss' if task == CLASSIFICATION else 'RMSE':<14}" + "".join(f"{c:>15}" for c in columns))
    means, seconds = [], []
    for name in (n for n, row in SETS.items() if row[2] == task and (not a.sets or n in a.sets)):
        s = load(a.data, name)
        runs = []
        for seed in range(1, a.seeds + 1):
            train, test = split(s, seed)
            runs.append([peer(s, c, train, test, seed) if c in PEERS else ours(a, s, c, test, seed) for c in columns])
        value, took = np.array(runs).mean(axis=0).T
        means.append(value)
        seconds.append(took)
        print(f"{name:<14}" + "".join(f"{v:>15.4f}" for v in value), flush=True)
    ratios = np.array(means) / np.array(means)[:, :1]
    print(f"{'mean ratio':<14}" + "".join(f"{v:>15.3f}" for v in np.exp(np.log(ratios).mean(axis=0))))
    print(f"{'fit, seconds':<14}" + "".join(f"{v:>15.3f}" for v in np.array(seconds).sum(axis=0)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orrery", help="the program")
    parser.add_argument("data", help="the folder of shared data")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--columns", type=lambda text: text.split(","), metavar="NAME,...",
                        help="only these models; ratios are to the first of them")
    parser.add_argument("--sets", type=lambda text: text.split(","), metavar="NAME,...", help="only these data sets")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="a parameter for orrery's models: to try other defaults")
    a = parser.parse_args()
    a.set = dict(pair.split("=", 1) for pair in a.set)
    warnings.simplefilter("ignore")
    for task in (CLASSIFICATION, REGRESSION):
        table(a, task)


if __name__ == "__main__":
    main()
