#!/usr/bin/env python3
"""Draws what each output neuron has learned: its conductances, laid out as the image that it sees.

usage: receptive_fields.py run.h5 picture.png [projection]     (needs h5py and matplotlib)
"""

import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

file, picture = sys.argv[1:3]
with h5py.File(file) as run:
    projection = sys.argv[3] if len(sys.argv) > 3 else next(iter(run["conductance"]))
    frames = run["conductance"][projection]["key_frames"]
    values = frames["value"][-1, 0] * 1e6  # frame, plane, row (pixel), column (neuron); S -> uS
    labels = run["phases/labels"][:]
    accuracy = run["phases/accuracy"][:]
labels = next((row for row in labels[::-1] if (row >= 0).any()), None)

pixels, neurons = values.shape
side = round(pixels**0.5)
columns = 16
rows = -(-neurons // columns)
figure, axes = plt.subplots(rows, columns, figsize=(8, 0.56 * rows + 0.5), layout="constrained")
for axis in axes.flat:
    axis.axis("off")
order = sorted(range(neurons), key=lambda n: (labels[n] if labels is not None else 0, n))
for axis, neuron in zip(axes.flat, order):
    image = axis.imshow(values[:, neuron].reshape(side, side), cmap="cividis", vmin=0, vmax=values.max())
    if labels is not None:
        axis.set_title(labels[neuron] if labels[neuron] >= 0 else "-", fontsize=6, pad=1)
figure.colorbar(image, ax=axes, label="conductance (uS)", shrink=0.6)
tested = accuracy[accuracy == accuracy]
note = f", held-out accuracy {100 * tested[-1]:.1f} %" if len(tested) else ""
figure.suptitle(f"What {neurons} neurons have learned; above each its class{note}", fontsize=9)
figure.savefig(picture, dpi=130)
