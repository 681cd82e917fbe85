#!/usr/bin/env python3
"""Makes digits.h5: the 8x8 handwritten digits as scientists keep such things in HDF5.

Needs numpy, h5py and scikit-learn, which carries the numbers. The same versions give the same bytes: no times are
kept. /digits/pixels holds an image a row, /digits/label the digit.
"""
import sys

import h5py
import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
names = [f"r{row}c{column}" for row in range(8) for column in range(8)]

with h5py.File(sys.argv[1] if len(sys.argv) > 1 else "digits.h5", "w", libver=("earliest", "v110")) as f:
    f.attrs["title"] = "Optical recognition of handwritten digits, 8x8"
    f.attrs["source"] = "E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, data set 80 (1998)"
    f.attrs["licence"] = "CC BY 4.0"
    group = f.create_group("digits")
    pixels = group.create_dataset(
        "pixels", data=digits.data.astype(np.uint8), chunks=(256, 64), compression="gzip", compression_opts=9,
        shuffle=True, track_times=False)
    pixels.attrs["columns"] = np.array(names, dtype="S")
    pixels.attrs["units"] = "counts"
    pixels.attrs["about"] = "ink in each 4x4 block of a 32x32 bitmap, 0 to 16; r0c0 is the upper left"
    label = group.create_dataset("label", data=digits.target.astype(np.int8), chunks=(1797,), compression="gzip",
                                 track_times=False)
    label.attrs["about"] = "the digit that was written"
