"""The images that ship with the course, loaded from files in this package, and sets composed from them."""

from lib.data.fashion import FASHION_CLASSES, Fashion, fashion
from lib.data.files import Source
from lib.data.nuclei import Nuclei, log_brightness, nuclei, nuclei_tiles, separate_touching
from lib.data.photographs import photograph, photographs
from lib.data.published import published_networks, published_weights
from lib.data.scenes import SCENE_CLASSES, Scenes, scenes
from lib.data.splits import SPLITS
from lib.data.studies import MEASURES, decoder_study, speed_study, values, wins
from lib.data.textures import texture, textures

__all__ = [
    "FASHION_CLASSES",
    "MEASURES",
    "SCENE_CLASSES",
    "SPLITS",
    "Fashion",
    "Nuclei",
    "Scenes",
    "Source",
    "decoder_study",
    "fashion",
    "log_brightness",
    "nuclei",
    "nuclei_tiles",
    "photograph",
    "photographs",
    "published_networks",
    "published_weights",
    "scenes",
    "separate_touching",
    "speed_study",
    "texture",
    "textures",
    "values",
    "wins",
]
