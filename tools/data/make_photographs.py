"""Make the files in ``photographs/`` from the photographs in scikit-image: ``python tools/data/make_photographs.py``.

Needs ``scikit-image==0.26.0``, which nothing else at run time does. Each photograph is halved by averaging 2 × 2
pixels, so that the course stays small, and stored as 8-bit PNG with its source, licence and checksum beside it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from lib.data.files import Source, write_sources
from lib.data.photographs import FOLDER

PACKAGE, CITATION = "scikit-image 0.26.0", "vanderwalt2014scikit"
SOURCES = {
    "astronaut": ("Eileen Collins, astronaut", "NASA Great Images database, via scikit-image", "public domain"),
    "camera": ("Photographer with a camera", "Lav Varshney, via scikit-image", "CC0-1.0"),
    "chelsea": ("Chelsea the cat", "Stefan van der Walt, via scikit-image", "CC0-1.0"),
    "coffee": ("Coffee cup", "Rachel Michetti, courtesy of Pikolo Espresso Bar, via scikit-image", "CC0-1.0"),
    "rocket": ("Launch of DSCOVR on Falcon 9", "SpaceX, via scikit-image", "public domain"),
}


def halve(pixels: np.ndarray) -> np.ndarray:
    """Return ``pixels`` (H, W, ...) at half the size, each value the rounded mean of 2 × 2."""
    rows, columns = pixels.shape[0] // 2, pixels.shape[1] // 2
    blocks = pixels[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, *pixels.shape[2:])
    return blocks.mean((1, 3)).round().astype(np.uint8)


def write_halved(folder: Path, sources: dict[str, tuple[str, str, str]]) -> None:
    """Write each image of scikit-image that is named, halved, and where all of them come from."""
    import skimage.data

    folder.mkdir(exist_ok=True)
    entries = {}
    for name, (title, credit, licence) in sources.items():
        path = folder / f"{name}.png"
        Image.fromarray(halve(getattr(skimage.data, name)())).save(path, optimize=True)
        entries[name] = Source(path.name, title, credit, licence, PACKAGE, CITATION)
        print(f"{name}: {path.stat().st_size // 1000} kB")
    write_sources(folder, entries)


def main() -> None:
    """Write every photograph and ``sources.json``."""
    write_halved(FOLDER, SOURCES)


if __name__ == "__main__":
    main()
