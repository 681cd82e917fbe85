#!/usr/bin/env python3
"""What the doors must open, beside those who know: csv-spectrum's and Pollock's expected tables, h5py's figures of
real HDF5 files (REFERENCE.csv), and what pandas shows of files that pandas wrote.

usage: doors.py PROGRAM [DATA]     DATA: the folder with csv/ and hdf5/ (default ../shared/data)
Needs numpy and pandas with PyTables; a line an object that differs, a line of totals a set.
"""
import csv
import io
import json
import math
import os
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
DATA = sys.argv[2] if len(sys.argv) > 2 else "../shared/data"


def run(*words):
    p = subprocess.run([PROGRAM, *words], capture_output=True, timeout=60)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def rows_of(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def total(name, good, n, wanted=None):
    print(f"{name}: {good} of {n}" + (f" (wanted {wanted})" if wanted else ""))


def spectrum():
    folder, good = f"{DATA}/csv/csv-spectrum", 0
    names = sorted(os.listdir(folder + "/csvs"))
    for name in names:
        code, out, err = run("peek", "--csv", f"{folder}/csvs/{name}")
        with open(f"{folder}/json/{name[:-4]}.json") as f:
            expected = json.load(f)
        rows = rows_of(out)
        got = [dict(zip(rows[0], row)) for row in rows[1:]] if rows else []
        if got == expected:
            good += 1
        else:
            print(f"  {name}: exit {code} {err.strip()}\n    got      {got}\n    expected {expected}")
    total("csv-spectrum", good, len(names))


def pollock():
    folder, good = f"{DATA}/csv/pollock", 0
    names = sorted(os.listdir(folder + "/csv"))
    for name in names:
        code, out, err = run("peek", "--csv", f"{folder}/csv/{name}")
        with open(f"{folder}/clean/{name}", newline="") as f:
            expected = list(csv.reader(f))
        got = rows_of(out)
        if got == expected:
            good += 1
            continue
        print(f"  {name}: exit {code} {err.strip()}: {len(got)} rows, expected {len(expected)}")
        for a, b in zip(got, expected):
            if a != b:
                print(f"    got      {a}\n    expected {b}"[:600])
                break
    total("pollock", good, len(names), ">= 17 of 21")


def csvkit():
    folder = f"{DATA}/csv/csvkit"
    for name in sorted(os.listdir(folder)):
        code, out, err = run("peek", "--json", f"{folder}/{name}")
        if code:
            print(f"  {name}: exit {code}: {err.strip()}")
            continue
        j = json.loads(out)
        columns = " ".join(f"{c['name']}:{c['type']}" for c in j["columns"])
        print(f"  {name}: {j['rows']} rows, {columns[:150]} {err.strip()[:200]}")


def close(a, b):
    if a is None or b is None:
        return a is None and b is None
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def number(text):
    return float(text) if text != "" else None


def compare(row, found):
    shape = [int(n) for n in row["shape"].strip("()").split(",") if n.strip()]
    wrong = []
    if found["shape"] != shape:
        wrong.append(f"shape {found['shape']}, not {shape}")
    if found["dtype"] != row["dtype"]:
        wrong.append(f"dtype {found['dtype']}, not {row['dtype']}")
    if found["n_nan"] != int(float(row["n_nan"])):
        wrong.append(f"n_nan {found['n_nan']}, not {row['n_nan']}")
    for key in "min", "mean", "max":
        if not close(found[key], number(row[key])):
            wrong.append(f"{key} {found[key]}, not {row[key]}")
    return wrong


def reference():
    """Each dataset both through its file's listing and named alone."""
    with open(f"{DATA}/hdf5/REFERENCE.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    listings, good, numeric, refused, odd = {}, 0, 0, 0, 0
    for row in rows:
        path = f"{DATA}/hdf5/{row['file']}"
        if row["file"] not in listings:
            code, out, err = run("peek", "--json", path)
            if code not in (0, 3) or (code == 3 and len(err.strip().splitlines()) != 1):
                print(f"  {row['file']}: exit {code}: {err.strip()}")
            found = {d["path"]: d for d in json.loads(out)["datasets"]} if code == 0 else {}
            listings[row["file"]] = found
        if row["readable_by_h5py"] == "True" and row["n_nan"] != "":
            numeric += 1
            code, out, err = run("peek", "--json", f"{path}:{row['dataset']}")
            alone = [d for d in json.loads(out)["datasets"] if d["path"] == row["dataset"]] if code == 0 else []
            wrong = compare(row, alone[0]) if alone else [f"alone: exit {code}: {err.strip()}"]
            listed = listings[row["file"]].get(row["dataset"])
            wrong += compare(row, listed) if listed else ["not in its file's list"]
            good += not wrong
            for w in wrong:
                print(f"  {row['file']}:{row['dataset']}: {w}")
        else:
            code, out, err = run("peek", "--json", f"{path}:{row['dataset']}")
            lines = err.strip().splitlines()
            if code == 3 and len(lines) == 1:
                refused += 1
            elif code == 0:
                odd += 1
            else:
                print(f"  {row['file']}:{row['dataset']}: exit {code}: {err.strip()}")
    total("REFERENCE.csv, numeric", good, numeric)
    print(f"  the other {len(rows) - numeric}: {refused} refused in one line, {odd} read as tables of text or compounds")


def same_cell(ours, theirs):
    import pandas as pd
    if ours == "" or ours is None:
        return pd.isna(theirs) or theirs == ""
    if isinstance(theirs, pd.Timestamp):
        return pd.Timestamp(ours).tz_localize(None) == theirs
    if isinstance(theirs, (bool,)) or str(type(theirs)).find("bool") >= 0:
        return ours == ("true" if theirs else "false")
    try:
        return type(theirs)(ours) == theirs if "float" in str(type(theirs)) else float(ours) == float(theirs)
    except (TypeError, ValueError):
        return str(theirs) == ours


def pandas_files():
    import numpy as np
    import pandas as pd
    rng = np.random.default_rng(1)
    n = 50
    mixed = pd.DataFrame({
        "x": rng.normal(size=n), "n": rng.integers(-9, 9, n), "ok": rng.random(n) > 0.5,
        "name": [f"star {i % 7}" for i in range(n)], "f32": rng.normal(size=n).astype("f4"),
        "i8": rng.integers(0, 100, n).astype("i1")})
    mixed.loc[3, "x"] = np.nan
    dated = mixed.set_index(pd.date_range("2024-01-01", periods=n, freq="H"))
    kind = mixed.assign(kind=pd.Categorical([["a", "b", "c"][i % 3] for i in range(n)]))
    with_time = mixed.assign(when=pd.date_range("2020-02-28", periods=n, freq="D"))
    numbers = mixed[["x", "n", "f32"]]
    cases = [("fixed", numbers, "numbers"), ("fixed", mixed[["x", "n", "ok", "f32", "i8"]], "mixed numbers"),
             ("fixed", numbers.set_index(dated.index), "datetime index"), ("table", mixed, "mixed"),
             ("table", dated, "datetime index"), ("table", kind, "categorical"), ("table", with_time, "times")]
    good = 0
    for form, frame, about in cases:
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/p.h5"
            frame.to_hdf(path, "frame", format=form)
            code, out, err = run("peek", "--csv", path)
            rows = rows_of(out)
            problem = None
            if code or not rows:
                problem = f"exit {code}: {err.strip()}"
            else:
                shown = frame.reset_index()
                header = rows[0]
                if len(rows) - 1 != n or any(str(c) not in header for c in frame.columns):
                    problem = f"{len(rows) - 1} rows, columns {header}"
                for c in frame.columns:
                    if problem:
                        break
                    at = header.index(str(c))
                    for i in range(n):
                        if not same_cell(rows[1 + i][at], shown[c].iloc[i]):
                            problem = f"{c}[{i}]: {rows[1 + i][at]!r}, not {shown[c].iloc[i]!r}"
                            break
                if not problem and isinstance(frame.index, pd.DatetimeIndex):
                    at = header.index("index")
                    if not all(same_cell(rows[1 + i][at], frame.index[i]) for i in range(n)):
                        problem = "the index differs"
            good += problem is None
            if problem:
                print(f"  {form}, {about}: {problem}")
    total("pandas", good, len(cases))


for part in spectrum, pollock, reference, pandas_files, csvkit:
    part()
