#!/usr/bin/python3
"""The loss curve that curve_test.c expects: a 5-7-1 net of tanh units, mean squared error, ten steps of Adam
(Kingma and Ba 2015), its gradients written out by hand in NumPy. Data and first weights are sines and cosines of
their index, so that nothing is drawn. Prints the losses before each step and after the last."""
import numpy as np

ROWS, INPUTS, HIDDEN, STEPS = 12, 5, 7, 10
RATE, BETA1, BETA2, EPSILON = 0.05, 0.9, 0.999, 1e-8

x = np.sin(1 + np.arange(ROWS * INPUTS)).reshape(ROWS, INPUTS)
target = x[:, :1] * x[:, 1:2] + 0.5 * x[:, 2:3]
sizes = [INPUTS * HIDDEN, HIDDEN, HIDDEN, 1]
slab = 0.5 * np.cos(np.arange(sum(sizes)))
m, v = np.zeros_like(slab), np.zeros_like(slab)


def loss_and_gradient(slab):
    w1, b1, w2, b2 = np.split(slab, np.cumsum(sizes)[:-1])
    w1, w2 = w1.reshape(INPUTS, HIDDEN), w2.reshape(HIDDEN, 1)
    h = np.tanh(x @ w1 + b1)
    error = h @ w2 + b2 - target
    dout = 2 * error / ROWS
    dh = dout @ w2.T * (1 - h * h)
    parts = [x.T @ dh, dh.sum(0), h.T @ dout, dout.sum(0)]
    return float((error**2).mean()), np.concatenate([p.ravel() for p in parts])


for step in range(1, STEPS + 2):
    loss, gradient = loss_and_gradient(slab)
    print(f"{loss:.12f}")
    m = BETA1 * m + (1 - BETA1) * gradient
    v = BETA2 * v + (1 - BETA2) * gradient**2
    slab = slab - RATE * (m / (1 - BETA1**step)) / (np.sqrt(v / (1 - BETA2**step)) + EPSILON)
