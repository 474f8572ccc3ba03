"""Make the files in ``nuclei/`` from a micrograph in StarDist: ``python tools/data/make_nuclei.py WHEEL``.

WHEEL is the file that ``pip download --no-deps stardist==0.9.2`` fetches; it need not be installed. The micrograph and
the outlines of its nuclei are stored as 8-bit PNG, which holds all their values, with source, licence and checksum.
"""

from __future__ import annotations

import io
import sys
import zipfile

import numpy as np
from PIL import Image

from lib.data.files import Source, write_sources
from lib.data.nuclei import FOLDER

TITLES = {
    "nuclei": ("img2d.tif", "Nuclei of cells under a fluorescence microscope"),
    "instances": ("mask2d.tif", "The nucleus that each pixel belongs to, as a grey level"),
}
CREDIT = "Image set BBBC038v1, Broad Bioimage Benchmark Collection, via StarDist"
LICENCE, PACKAGE, CITATION = "CC0-1.0", "stardist 0.9.2", "caicedo2019nucleus"


def main(wheel: str) -> None:
    """Write the micrograph, its outlines and ``sources.json``."""
    FOLDER.mkdir(exist_ok=True)
    entries = {}
    for name, (member, title) in TITLES.items():
        with zipfile.ZipFile(wheel) as archive, archive.open(f"stardist/data/images/{member}") as opened:
            pixels = np.asarray(Image.open(io.BytesIO(opened.read())))
        if pixels.min() < 0 or pixels.max() > 255:
            raise ValueError(f"wheel must hold values from 0 to 255 in {member}, got up to {pixels.max()}")
        path = FOLDER / f"{name}.png"
        Image.fromarray(pixels.astype(np.uint8)).save(path, optimize=True)
        entries[name] = Source(path.name, title, CREDIT, LICENCE, PACKAGE, CITATION)
        print(f"{name}: {path.stat().st_size // 1000} kB")
    write_sources(FOLDER, entries)


if __name__ == "__main__":
    main(*sys.argv[1:])
