#!/usr/bin/env python3
"""Runs the MNIST example of the package nervos, for the figures beside scenarios/study/nervos.ron.

usage: run_nervos.py --data mnist [--eta 0.03] [--states 0] [--images 100] [--epochs 3] [--test 600] [--seed 1]

The network, its rule, its draw of images and its spike trains are the package's own; the values of PARAMETERS are those of
its example for the classes 0 to 4. Only the files of MNIST are read here, as the package would download them. --states 25 lets
weights take 25 equal steps from 0 to 1, and --geometric lets them lie geometrically from 0.01 to 1; 0 lets them take any value.
As in the example, 80 neurons learn, or 60 with --geometric or --neurons 60. Prints the accuracy on balanced test images.
An image takes 0.7 to 0.9 s to learn, so a run of 100 images and three epochs takes five minutes.

Needs nervos 0.0.7 (PyPI, GPL 3):
    python3 -m venv venv && venv/bin/pip install nervos==0.0.7
"""

import argparse
import gzip
from pathlib import Path

import nervos
import numpy as np

CLASSES = [0, 1, 2, 3, 4]
PARAMETERS = {
    "training_duration": 100,
    "past_window": -10,
    "resting_potential": -70,
    "inhibitory_potential": -100,
    "spike_threshold": -55,
    "reset_potential": -90,
    "spike_drop_rate": 0.8,
    "threshold_drop_rate": 0.4,
    "min_weight": 1e-5,
    "max_weight": 1.0,
    "A_up": 0.8,
    "A_down": -0.3,
    "tau_up": 5,
    "tau_down": 5,
    "min_frequency": 1,
    "max_frequency": 50,
    "refractory_time": 15,
    "tau_m": 10,
    "conductance": 10,
}


def images_and_labels(folder, name):
    """The images (count, 28, 28) of the classes, and their labels."""
    images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    images = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    labels = np.frombuffer(labels, np.uint8, offset=8).astype(int)
    kept = np.isin(labels, CLASSES)
    return images[kept], labels[kept]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--eta", type=float, default=0.03)
    parser.add_argument("--states", type=int, default=0)
    parser.add_argument("--geometric", action="store_true")
    parser.add_argument("--neurons", type=int)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--test", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    np.random.seed(options.seed)

    amounts = {"training_images_amount": options.images, "testing_images_amount": options.test}
    parameters = nervos.Parameters()
    parameters.from_dict({**PARAMETERS, **amounts, "epochs": options.epochs, "eta": options.eta})
    # Without its constructor, which downloads MNIST.
    loader = nervos.MNISTLoader.__new__(nervos.MNISTLoader)
    loader.parameters = parameters

    def drawn(name, count):
        images, labels = images_and_labels(options.data, name)
        chosen = loader.load_balanced_mnist(labels, count, options.seed)
        return [loader.img2spiketrain(images[k]) for k in chosen], labels[chosen]

    train, test = drawn("train", options.images), drawn("t10k", options.test)
    neurons = options.neurons or (60 if options.geometric else 80)
    module = nervos.Module(parameters)
    module.initialise_layers([28 * 28, neurons])
    if options.states:
        spaced = np.geomspace(0.01, 1, options.states) if options.geometric else np.linspace(0, 1, options.states)
        module.allowed_levels = spaced
    labels_of_neurons = np.repeat(-1, neurons)
    steps = np.arange(1, parameters.training_duration + 1)
    spikes = 0
    for _ in range(options.epochs):
        for image, label in zip(*train):
            counts, _ = module.feed_forward(image, labels_of_neurons, steps, do_stdp=True, label=label)
            spikes += counts.sum()
    module.learned_synapses = module.get_all_synapses()
    module.learned_neuron_label_map = labels_of_neurons
    right = sum(module.get_prediction(image) == label for image, label in zip(*test))
    shown = options.epochs * len(train[0])
    print(
        f"eta {options.eta}, {options.states or 'any'} states, {neurons} neurons, {options.images} images, seed {options.seed}: "
        f"{100 * right / len(test[0]):.1f} % of {len(test[0])}, {spikes / shown:.0f} spikes per training image"
    )


if __name__ == "__main__":
    main()
