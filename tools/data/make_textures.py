"""Make the files in ``textures/`` from the textures in scikit-image: ``python tools/data/make_textures.py``.

Needs ``scikit-image==0.26.0``, which nothing else at run time does. Each texture is halved by averaging 2 × 2 pixels,
as the photographs are, and stored as 8-bit PNG with its source, licence and checksum beside it.
"""

from __future__ import annotations

from make_photographs import write_halved

from lib.data.textures import FOLDER

SOURCES = {
    "brick": ("Brick wall", "CC0Textures (Bricks25), via scikit-image", "CC0-1.0"),
    "grass": ("Grass", "Linolafett, DeviantArt, via scikit-image", "CC0-1.0"),
    "gravel": ("Gravel", "CC0Textures (Gravel04), via scikit-image", "CC0-1.0"),
}


def main() -> None:
    """Write every texture and ``sources.json``."""
    write_halved(FOLDER, SOURCES)


if __name__ == "__main__":
    main()
