"""Record what the vendor's own runtime makes of the photographs with the segmenter, for where it is not installed.

Run ``python -m tests.learn.record_published SELFIE`` from the root of the repository, with ``ai-edge-litert==2.3.0``
installed; SELFIE is the file that ``npm pack @mediapipe/selfie_segmentation@0.1.1675465747`` fetches.
"""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path

import numpy as np

from lib import interpolate
from lib.data import photograph, photographs

REFERENCE = Path(__file__).with_name("published_masks.npz")
MODEL = "package/selfie_segmentation.tflite"
KEPT = (..., slice(None, None, 4), slice(1, None, 4))  # every fourth row and column, odd ones: both kinds of phase


def square(name: str) -> np.ndarray:
    """Return a photograph as the segmenter takes it: three channels, stretched to 256 × 256, (1, 3, 256, 256)."""
    pixels = photograph(name)
    colours = np.broadcast_to(pixels, (1, 3, *pixels.shape[-2:]))
    return interpolate(np.ascontiguousarray(colours), size=(256, 256), mode="bilinear", antialias=True)


def vendor_mask(model: bytes, image: np.ndarray) -> np.ndarray:
    """Return the mask (256, 256) that the vendor's runtime computes of an image (1, 3, 256, 256)."""
    from ai_edge_litert.interpreter import Interpreter

    runtime = Interpreter(model_content=model, num_threads=1)
    runtime.allocate_tensors()
    runtime.set_tensor(runtime.get_input_details()[0]["index"], np.ascontiguousarray(image.transpose(0, 2, 3, 1)))
    runtime.invoke()
    return runtime.get_tensor(runtime.get_output_details()[0]["index"])[0, :, :, 0]


def main(package: str) -> None:
    """Write the masks of all photographs, thinned out."""
    with tarfile.open(package) as archive:
        model = archive.extractfile(MODEL).read()
    masks = {name: vendor_mask(model, square(name))[KEPT] for name in photographs()}
    np.savez_compressed(REFERENCE, **masks)
    print(f"{REFERENCE.name}: {REFERENCE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
