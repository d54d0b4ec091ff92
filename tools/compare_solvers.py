#!/usr/bin/env python3
"""Compares the exact solver of crossbar arrays with badcrossbar and, where it is on the PATH, ngspice.

usage: compare_solvers.py [--program target/release/crosspike] [--repeat 20] [--spice-limit 64] [sizes ...]

Every solver gets the same arrays in the same run: N x N cells of 1 to 100 uS (uniform), wires of 2 ohm per segment, inputs
of 0 to 0.3 V (uniform) from the left, virtual grounds at the bottom, one more segment at both ends; and the array of the
study that Crosspike grew from: 196 x 50 cells of 50 uS to 10 mS (uniform in resistance), 1 ohm, inputs of 0 or 1 V.
Output currents must agree to 1e-9 of the largest one, otherwise the script fails.

Times are wall-clock, the best of several:
  crosspike    the `seconds` of `crosspike crossbar solve --repeat N`: from the array in memory to its currents, factors
               included, with the memory of the first of N solves
  badcrossbar  one call of badcrossbar.compute() for the output currents, from arrays in memory
  ngspice      the whole process: reading the netlist, solving, writing; sizes up to --spice-limit, since Debian's version
               12 takes minutes beyond

Needs numpy, scipy and badcrossbar (PyPI). badcrossbar draws with pycairo, which needs the headers of cairo (libcairo2-dev
on Debian) to be installed; where it is missing a module that holds nothing stands in for it, since nothing is drawn here:
    python3 -m venv venv && venv/bin/pip install numpy scipy pathvalidate sigfig && venv/bin/pip install --no-deps badcrossbar
ngspice is the Debian package of that name.
"""

import argparse
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
import types
import warnings
from pathlib import Path

import numpy as np

try:
    import cairo  # noqa: F401
except ImportError:
    # badcrossbar names types of cairo in its annotations.
    stand_in = types.ModuleType("cairo")
    stand_in.__getattr__ = lambda name: object
    sys.modules["cairo"] = stand_in
warnings.simplefilter("ignore")
import badcrossbar  # noqa: E402

logging.disable(logging.INFO)
TOLERANCE = 1e-9


def uniform(size):
    """N x N cells of 1 to 100 uS, 2 ohm."""
    random = np.random.default_rng(size)
    return f"{size} x {size}", random.uniform(1e-6, 1e-4, (size, size)), 2.0, random.uniform(0, 0.3, size)


def study():
    """196 x 50 cells of 100 ohm to 20 kohm, 1 ohm, binary inputs."""
    random = np.random.default_rng(196)
    return "196 x 50", 1 / random.uniform(100, 20e3, (196, 50)), 1.0, random.integers(0, 2, 196).astype(float)


def by_crosspike(program, folder, conductance, wire, inputs, repeat):
    """Seconds and output currents."""
    rows, columns = conductance.shape
    array = {
        "m": rows,
        "n": columns,
        "G": conductance.tolist(),
        "rw": wire,
        "rb": wire,
        "terminals": {"left": {"v": inputs.tolist(), "r": wire}, "bottom": {"v": 0.0, "r": wire}},
    }
    file = folder / "array.json"
    file.write_text(json.dumps(array))
    command = [program, "crossbar", "solve", file, "--repeat", str(repeat)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer["seconds"], np.array(answer["i_bottom"])


def by_badcrossbar(conductance, wire, inputs, repeat=3):
    """Seconds and output currents."""
    resistance, voltages, best = 1 / conductance, inputs.reshape(-1, 1), np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        solution = badcrossbar.compute(voltages, resistance, wire, node_voltages=False, all_currents=False)
        best = min(best, time.perf_counter() - start)
    return best, solution.currents.output[0]


def netlist(conductance, wire, inputs, output):
    """The array as ngspice reads it, with the currents of the sources at the bottom as its output."""
    rows, columns = conductance.shape
    lines = ["* crossbar", ".options reltol=1e-10 abstol=1e-18 vntol=1e-14 gmin=1e-30"]
    for i, voltage in enumerate(inputs.tolist()):
        lines += [f"vl{i} l{i} 0 {voltage!r}", f"rl{i} l{i} w{i}_0 {wire!r}"]
        lines += [f"rw{i}_{j} w{i}_{j} w{i}_{j + 1} {wire!r}" for j in range(columns - 1)]
        lines += [f"rc{i}_{j} w{i}_{j} b{i}_{j} {1 / g!r}" for j, g in enumerate(conductance[i].tolist())]
    for j in range(columns):
        lines += [f"rb{i}_{j} b{i}_{j} b{i + 1}_{j} {wire!r}" for i in range(rows - 1)]
        lines += [f"rs{j} b{rows - 1}_{j} s{j} {wire!r}", f"vs{j} s{j} 0 0"]
    currents = " ".join(f"i(vs{j})" for j in range(columns))
    lines += [".control", "set numdgt=17", "set wr_singlescale", "op", f"wrdata {output} {currents}"]
    lines += ["quit 0", ".endc", ".end"]
    return "\n".join(lines) + "\n"


def by_ngspice(folder, conductance, wire, inputs):
    """Seconds and output currents."""
    output, file = folder / "currents.txt", folder / "array.cir"
    file.write_text(netlist(conductance, wire, inputs, output))
    start = time.perf_counter()
    subprocess.run(["ngspice", "-b", file], check=True, capture_output=True)
    seconds = time.perf_counter() - start
    # One row: the scale, then the currents.
    return seconds, np.loadtxt(output).ravel()[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[16, 32, 64, 128, 256])
    parser.add_argument("--program", default=str(Path(__file__).parent.parent / "target/release/crosspike"))
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--spice-limit", type=int, default=64)
    options = parser.parse_args()
    spice = shutil.which("ngspice")
    if not spice:
        print("ngspice is not on the PATH: it is left out")
    print(f"{'array':>10}  {'crosspike':>11}  {'badcrossbar':>11} {'ratio':>7}  {'ngspice':>9} {'ratio':>9}  difference")
    failed = False
    for name, conductance, wire, inputs in [*map(uniform, options.sizes), study()]:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            own, currents = by_crosspike(options.program, folder, conductance, wire, inputs, options.repeat)
            others = [by_badcrossbar(conductance, wire, inputs)]
            if spice and conductance.size <= options.spice_limit**2:
                others.append(by_ngspice(folder, conductance, wire, inputs))
        line = f"{name:>10}  {1e3 * own:>8.3f} ms"
        for (seconds, _), widths in zip(others, [(8, 7), (6, 9)]):
            line += f"  {1e3 * seconds:>{widths[0]}.1f} ms {seconds / own:>{widths[1]}.0f}"
        line += " " * (21 if len(others) == 1 else 0)
        scale = abs(others[0][1]).max()
        differences = [abs(currents - other).max() / scale for _, other in others]
        failed |= max(differences) > TOLERANCE
        print(f"{line}  {', '.join(f'{difference:.0e}' for difference in differences)}", flush=True)
    if failed:
        sys.exit(f"output currents differ by more than {TOLERANCE:.0e} of the largest")


if __name__ == "__main__":
    main()
