"""The images that ship with the course, loaded from files in this package, and sets composed from them."""

from lib.data.fashion import FASHION_CLASSES, Fashion, fashion
from lib.data.files import Source
from lib.data.nuclei import Nuclei, log_brightness, nuclei, nuclei_tiles, separate_touching
from lib.data.photographs import photograph, photographs
from lib.data.published import published_networks, published_weights
from lib.data.scenes import SCENE_CLASSES, Scenes, scenes
from lib.data.splits import SPLITS
from lib.data.studies import MEASURES, budgets, decoder_study, learning_rates, speed_study, values
from lib.data.textures import texture, textures
from lib.data.trained import Training, trained_weights, trainings

__all__ = [
    "FASHION_CLASSES",
    "MEASURES",
    "SCENE_CLASSES",
    "SPLITS",
    "Fashion",
    "Nuclei",
    "Scenes",
    "Source",
    "Training",
    "budgets",
    "decoder_study",
    "fashion",
    "learning_rates",
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
    "trained_weights",
    "trainings",
    "values",
]
