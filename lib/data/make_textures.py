"""Make the files in ``textures/`` from the textures in scikit-image: ``python -m lib.data.make_textures``.

Needs ``scikit-image==0.26.0``, which nothing else at run time does. Each texture is halved by averaging 2 × 2 pixels,
as the photographs are, and stored as 8-bit PNG with its source, licence and checksum beside it.
"""

from __future__ import annotations

from PIL import Image

from lib.data.files import Source, write_sources
from lib.data.make_photographs import CITATION, PACKAGE, halve
from lib.data.textures import FOLDER

SOURCES = {
    "brick": ("Brick wall", "CC0Textures (Bricks25), via scikit-image", "CC0-1.0"),
    "grass": ("Grass", "Linolafett, DeviantArt, via scikit-image", "CC0-1.0"),
    "gravel": ("Gravel", "CC0Textures (Gravel04), via scikit-image", "CC0-1.0"),
}


def main() -> None:
    """Write every texture and ``sources.json``."""
    import skimage.data

    FOLDER.mkdir(exist_ok=True)
    entries = {}
    for name, (title, credit, licence) in SOURCES.items():
        path = FOLDER / f"{name}.png"
        Image.fromarray(halve(getattr(skimage.data, name)())).save(path, optimize=True)
        entries[name] = Source(path.name, title, credit, licence, PACKAGE, CITATION)
        print(f"{name}: {path.stat().st_size // 1000} kB")
    write_sources(FOLDER, entries)


if __name__ == "__main__":
    main()
