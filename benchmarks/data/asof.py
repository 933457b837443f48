"""Writes the data of the as-of join benchmark as raw little-endian columns (2.6 GB).

    python3 benchmarks/data/asof.py FOLDER

Needs numpy, because its seeded generators define the data: 1 M labels, a table of 20 M rows (w1) and five of
4 M (w2). Entities are uniform in [0, 1 M), times uniform in 30 days (microseconds), features N(0, 1); tables are
sorted by entity and time. AsOfJoinBenchmark checks its results against the sums that belong to these seeds.
"""

import pathlib
import sys

import numpy as np

ENTITIES = 1_000_000
SPAN_MICROS = 30 * 86_400 * 1_000_000


def write(folder, name, column):
    column.tofile(folder / name)


def labels(folder):
    random = np.random.default_rng(99)
    write(folder, "labels.entity", random.integers(0, ENTITIES, 1_000_000))
    write(folder, "labels.time", random.integers(0, SPAN_MICROS, 1_000_000))


def table(folder, name, seed, rows):
    random = np.random.default_rng(seed)
    entity = random.integers(0, ENTITIES, rows)
    time = random.integers(0, SPAN_MICROS, rows)
    order = np.lexsort((time, entity))
    write(folder, f"{name}.entity", entity[order])
    write(folder, f"{name}.time", time[order])
    for feature in range(5):
        write(folder, f"{name}.f{feature}", random.standard_normal(rows))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    labels(folder)
    table(folder, "w1t0", 1, 20_000_000)
    for t in range(5):
        table(folder, f"w2t{t}", 10 + t, 4_000_000)


main()
