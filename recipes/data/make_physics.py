#!/usr/bin/env python3
"""Makes oscillator.csv and heat.csv: noisy measurements of fields that obey a known equation.

Needs numpy; the same version gives the same bytes. Each file has the measurements, and what the field is without noise
(column `exact`) for whoever wants to look how far a model is from it; no recipe learns from that column.
"""
import sys

import numpy as np

folder = sys.argv[1] if len(sys.argv) > 1 else "."


def oscillator(t, damping=0.15, omega=2.0):
    """u'' + 2 damping u' + omega² u = 0, u(0) = 1, u'(0) = 0."""
    w = np.sqrt(omega**2 - damping**2)
    return np.exp(-damping * t) * (np.cos(w * t) + damping / w * np.sin(w * t))


def heat(x, t, diffusivity=0.05):
    """u_t = diffusivity u_xx on a rod of length 1 whose ends are kept at 0; two modes at the start."""
    decay = np.pi**2 * diffusivity
    return np.exp(-decay * t) * np.sin(np.pi * x) + 0.5 * np.exp(-9 * decay * t) * np.sin(3 * np.pi * x)


def write(name, columns):
    with open(f"{folder}/{name}", "w") as f:
        f.write(",".join(columns) + "\n")
        for row in zip(*columns.values()):
            f.write(",".join(f"{value:.6f}" for value in row) + "\n")


random = np.random.default_rng(1)

t = np.sort(random.uniform(0, 10, 100))
exact = oscillator(t)
write("oscillator.csv", {"t": t, "u": exact + 0.01 * random.normal(size=t.size), "exact": exact})

x, t = random.uniform(0, 1, 300), random.uniform(0, 1, 300)
exact = heat(x, t)
write("heat.csv", {"x": x, "t": t, "u": exact + 0.01 * random.normal(size=t.size), "exact": exact})
