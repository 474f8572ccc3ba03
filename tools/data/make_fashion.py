"""Make the files in ``fashion/`` from Fashion-MNIST: ``python tools/data/make_fashion.py [FOLDER]``.

FOLDER holds the four files of the data set. The Debian package ``dataset-fashion-mnist`` (0.0~git20200523.55506a9-1)
installs them where the script looks if none is given. The first 4000 items to train on and the first 800 to test with
are stored as one sheet, 80 items a row, and their classes as digits in the same order.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from lib.data.fashion import FOLDER, PER_ROW, SIDE
from lib.data.files import Source, write_sources

INSTALLED = "/usr/share/datasets/fashion-mnist"
PARTS = {"train": 4000, "t10k": 800}
CREDIT, LICENCE, CITATION = "Zalando SE", "MIT", "xiao2017fashion"
PACKAGE = "Debian dataset-fashion-mnist 0.0~git20200523.55506a9-1"


def read_idx(path: Path) -> np.ndarray:
    """Return the array in a compressed IDX file of bytes: two zeros, type 8, the number of axes, sizes, values."""
    contents = gzip.decompress(path.read_bytes())
    if contents[:3] != b"\0\0\x08":
        raise ValueError(f"path must be an IDX file of bytes, got {path.name} that begins with {contents[:4]!r}")
    axes = contents[3]
    shape = np.frombuffer(contents, ">u4", axes, offset=4)
    return np.frombuffer(contents, np.uint8, offset=4 + 4 * axes).reshape(shape)


def main(folder: str = INSTALLED) -> None:
    """Write the sheet of items, their labels and ``sources.json``."""
    FOLDER.mkdir(exist_ok=True)

    kinds = ("images-idx3", "labels-idx1")
    items, labels = (
        np.concatenate([read_idx(Path(folder, f"{part}-{kind}-ubyte.gz"))[:count] for part, count in PARTS.items()])
        for kind in kinds
    )

    sheet = items.reshape(-1, PER_ROW, SIDE, SIDE).transpose(0, 2, 1, 3).reshape(-1, PER_ROW * SIDE)
    Image.fromarray(sheet).save(FOLDER / "items.png", optimize=True)

    rows = ["".join(map(str, row)) + "\n" for row in labels.reshape(-1, PER_ROW)]
    (FOLDER / "labels.txt").write_text("".join(rows), encoding="ascii", newline="\n")

    source = (CREDIT, LICENCE, PACKAGE, CITATION)
    write_sources(
        FOLDER,
        {
            "items": Source("items.png", "Fashion-MNIST: 4000 training and 800 test items", *source),
            "labels": Source("labels.txt", "Fashion-MNIST: the classes of these items", *source),
        },
    )
    print(f"{len(items)} items: {(FOLDER / 'items.png').stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
