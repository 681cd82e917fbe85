"""The same rows and the same settings through orrery and through scikit-learn
and XGBoost, side by side. Exits with 1 when a difference is beyond its bound."""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import xgboost
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from peers import CLASSIFICATION, REGRESSION, SCORES, encode, load, orrery, split, weighted

TREES, NEIGHBOURS, FOREST = 200, 15, 300
STRENGTHS = (0.1, 1.0)  # scikit-learn's C

# How far apart scores may be. A forest draws other rows and columns than its peer: only a worse one counts.
BOUNDS = {
    "boosted_trees": {"log_loss": 0.003, "auc": 0.003, "rmse": 0.003},
    "logistic":      {"log_loss": 0.002, "auc": 0.002},
    "ridge":         {"rmse": 0.001},
    "knn":           {"log_loss": 0.001, "auc": 0.001, "rmse": 0.001},
    "random_forest": {"log_loss": 0.02, "auc": 0.005, "rmse": 0.03},
}
RELATIVE = {"rmse"}
ONE_SIDED = {"random_forest"}


def unit(w):
    return None if w is None else w / w.mean()


def peer_boosted_trees(s, train, test, _, threads):
    known = s.y(train)
    settings = {"tree_method": "hist", "learning_rate": 0.1, "max_depth": 6, "min_child_weight": 1,
                "reg_lambda": 1, "max_bin": 256, "nthread": threads, "verbosity": 0}
    if s.task == REGRESSION:
        settings |= {"objective": "reg:squarederror", "base_score": np.average(known, weights=s.w(train))}
    elif len(s.classes) == 2:
        settings |= {"objective": "binary:logistic", "base_score": 0.5}
    else:
        settings |= {"objective": "multi:softprob", "base_score": 0.5, "num_class": len(s.classes)}
    x = encode(s, train, train, False)
    start = time.perf_counter()
    model = xgboost.train(settings, xgboost.DMatrix(x, known, weight=unit(s.w(train))), TREES)
    seconds = time.perf_counter() - start
    p = model.predict(xgboost.DMatrix(encode(s, train, test, False))).astype(float)
    two = s.task == CLASSIFICATION and len(s.classes) == 2
    return (np.column_stack([1 - p, p]) if two else p), seconds


def fitted(s, model, train, test, impute):
    x = encode(s, train, train, impute)
    start = time.perf_counter()
    model.fit(x, s.y(train), **({} if s.weight is None else {"sample_weight": unit(s.w(train))}))
    seconds = time.perf_counter() - start
    ask = model.predict_proba if s.task == CLASSIFICATION else model.predict
    return ask(encode(s, train, test, impute)), seconds


def peer_logistic(s, train, test, strength, _):
    return fitted(s, LogisticRegression(C=strength, max_iter=10000, tol=1e-8), train, test, True)


def peer_ridge(s, train, test, strength, _):
    return fitted(s, Ridge(alpha=1 / strength), train, test, True)


def peer_knn(s, train, test, _, threads):
    kind = KNeighborsClassifier if s.task == CLASSIFICATION else KNeighborsRegressor
    p, seconds = fitted(s, kind(NEIGHBOURS, n_jobs=threads), train, test, True)
    if s.task == CLASSIFICATION:
        p = (NEIGHBOURS * p + 1) / (NEIGHBOURS + len(s.classes))
    return p, seconds


def peer_random_forest(s, train, test, _, threads):
    """Its probabilities smoothed as orrery's are, and gaps filled, which scikit-learn 1.2 cannot take."""
    kind = RandomForestClassifier if s.task == CLASSIFICATION else RandomForestRegressor
    model = kind(FOREST, min_samples_leaf=2, max_features=0.5, n_jobs=threads, random_state=1)
    p, seconds = fitted(s, model, train, test, True)
    if s.task == CLASSIFICATION:
        p = (len(train) * p + 1) / (len(train) + len(s.classes))
    return p, seconds


PEERS = {name[5:]: f for name, f in globals().items() if name.startswith("peer_")}


def settings_of(model, strength, n):
    """Ours, as --set gives them: scikit-learn's C is 1 / (n l2), its alpha n l2."""
    return {
        "boosted_trees": {"n_estimators": TREES, "learning_rate": 0.1, "max_depth": 6, "min_child_weight": 1,
                          "subsample": 1, "colsample_bytree": 1, "reg_lambda": 1, "gamma": 0, "max_bin": 256},
        "logistic": {"l2": repr(1 / (n * strength))},
        "ridge": {"l2": repr(1 / (n * strength))},
        "knn": {"neighbours": NEIGHBOURS, "weights": "uniform"},
        "random_forest": {"n_estimators": FOREST, "min_child_weight": 2, "max_depth": 0, "max_bin": 256,
                          "colsample_bynode": 0.5},
    }[model] | {"model": model, "validation": 0, "baseline": "constant"}


def compare(a, s, part, train, test, model, strength=1.0):
    ours = orrery(a.orrery, s, test, settings_of(model, strength, len(train)), a.threads)
    theirs, seconds = PEERS[model](s, train, test, strength, a.threads)
    apart, good = float(np.abs(ours.predicted - theirs).max()), True
    name = model + (f" C={strength:g}" if model in ("logistic", "ridge") else "")
    for score in ("log_loss", "auc") if s.task == CLASSIFICATION else ("rmse",):
        value, peer = ours.score(score), SCORES[score](s.y(test), theirs, s.w(test))
        difference = (value - peer) / (peer if score in RELATIVE else 1)
        bound = BOUNDS[model][score]
        worse = -difference if score == "auc" else difference
        within = (worse if model in ONE_SIDED else abs(difference)) <= bound
        good = good and within
        print(f"{s.name + part:<23} {name:<16} {score:<8} {value:9.5f} ± {ours.error(score):7.5f} {peer:9.5f} "
              f"{difference:+9.5f}{'r' if score in RELATIVE else ' '} {bound:5.3f} "
              f"{'within' if within else 'BEYOND'} {apart:8.1e} {ours.seconds:7.3f} {seconds:7.3f}", flush=True)
    return good


def models_of(s):
    linear = "logistic" if s.task == CLASSIFICATION else "ridge"
    for model in ("boosted_trees", linear, "random_forest", "knn"):
        if model == "knn" and s.weight:
            continue  # scikit-learn's takes no weights
        for strength in STRENGTHS if model == linear else (1.0,):
            yield model, strength


def parts_of(s, folder):
    """(suffix, train, test): our own 25 %, for concrete the five published parts."""
    if s.name != "concrete":
        return [("", *split(s, seed=7))]
    parts = []
    for k in range(5):
        test = np.sort(np.loadtxt(Path(folder) / f"regression/concrete_test_rows_{k}.txt", dtype=int))
        parts.append((f" {k}", np.setdiff1d(np.arange(len(s.table)), test), test))
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orrery", help="the program")
    parser.add_argument("data", help="the folder of shared data")
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    print(f"{'data':<23} {'model':<16} {'score':<8} {'orrery':>9} ± {'error':<7} {'peer':>9} {'difference':>10} "
          f"bound        {'row':>8} {'fit s':>7} {'peer s':>7}")
    good = True
    with tempfile.TemporaryDirectory() as folder:
        sets = [load(a.data, name) for name in ("htru2", "penguins", "wine", "breast_cancer", "friedman1", "concrete")]
        sets += [weighted(s, folder) for s in sets if s.name in ("htru2", "wine", "friedman1")]
        for s in sets:
            for part, train, test in parts_of(s, a.data):
                for model, strength in models_of(s):
                    good = compare(a, s, part, train, test, model, strength) and good
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
