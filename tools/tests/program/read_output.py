"""Reads output files with h5py, as an analyst would: read_output.py COMPLETE.h5 [FLUSHES:UNFINISHED.h5.partial ...]

Of the complete file every dataset must have units and be readable. Each unfinished file must hold at least so many
flushes, and the rows of the last one must be those of the complete file.
"""

import sys

import h5py
import numpy as np

complete = h5py.File(sys.argv[1])
datasets = []
complete.visititems(lambda name, item: datasets.append(item) if isinstance(item, h5py.Dataset) else None)
for dataset in datasets:
    units = dataset.attrs["units"]
    assert units in ("1", "ps", "S", "V"), f"{dataset.name}: units are {units!r}"
    dataset[()]
print(f"{len(datasets)} datasets")

for argument in sys.argv[2:]:
    flushes, path = argument.split(":", 1)
    with h5py.File(path) as unfinished:
        commits = unfinished["commits"]
        assert len(commits) >= int(flushes), f"{path}: {len(commits)} of {flushes} flushes"
        for table, rows in zip(commits.attrs["tables"], commits[-1]):
            for name, dataset in unfinished[table].items():
                if isinstance(dataset, h5py.Dataset) and dataset.maxshape[:1] == (None,):
                    found, expected = dataset[:rows], complete[table][name][:rows]
                    assert len(found) == rows, f"{path}: {dataset.name} has {len(found)} of {rows} rows"
                    assert np.array_equal(found, expected, equal_nan=found.dtype.kind == "f"), f"{path}: {dataset.name}"
print(f"{len(sys.argv) - 2} unfinished files")
