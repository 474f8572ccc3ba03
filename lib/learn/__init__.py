"""Learning from gradients: tensors that remember how they were computed, layers, losses, training, and networks."""

from lib.learn.checking import check_gradients
from lib.learn.initialisation import (
    bilinear_,
    constant_,
    fans,
    he_,
    icnr_,
    inputs_of,
    kaiming_normal_,
    kaiming_uniform_,
)
from lib.learn.layers.convolution import Conv2d, ConvTranspose2d, Linear
from lib.learn.layers.general import Dropout, Flatten, ReLU
from lib.learn.layers.normalisation import BatchNorm2d, batch_norm
from lib.learn.layers.resizing import AvgPool2d, MaxPool2d, MaxUnpool2d, PixelShuffle, Upsample
from lib.learn.losses import binary_cross_entropy_with_logits, cross_entropy, mse_loss
from lib.learn.metrics import boundary_iou, checkerboard_energy, iou, mean_iou, object_f1
from lib.learn.modules import Module, Parameter, Sequential, activations
from lib.learn.networks.autoencoder import Autoencoder, EncoderDecoder
from lib.learn.networks.classifier import Classifier
from lib.learn.networks.decoders import DECODER_KINDS, Doubling
from lib.learn.networks.deconvnet import DeconvNet
from lib.learn.networks.face import Face, FaceDetector
from lib.learn.networks.fcn import FCN
from lib.learn.networks.selfie import SelfieSegmenter
from lib.learn.networks.superresolution import SuperResolution
from lib.learn.networks.unet import UNet
from lib.learn.optimisers import SGD, Adam, AdamW, Optimiser
from lib.learn.progress import Progress
from lib.learn.relu_rules import relu_rule
from lib.learn.schedules import cosine_schedule, step_schedule
from lib.learn.statistics import Difference, false_wins, paired_difference, student_quantile
from lib.learn.tensor import Tensor, concatenate, no_grad
from lib.learn.tiling import predict_in_tiles
from lib.learn.training import History, fit, minibatches, predict
from lib.learn.weights import load_weights, save_weights

__all__ = [
    "DECODER_KINDS",
    "FCN",
    "SGD",
    "Adam",
    "AdamW",
    "Autoencoder",
    "AvgPool2d",
    "BatchNorm2d",
    "Classifier",
    "Conv2d",
    "ConvTranspose2d",
    "DeconvNet",
    "Difference",
    "Doubling",
    "Dropout",
    "EncoderDecoder",
    "Face",
    "FaceDetector",
    "Flatten",
    "History",
    "Linear",
    "MaxPool2d",
    "MaxUnpool2d",
    "Module",
    "Optimiser",
    "Parameter",
    "PixelShuffle",
    "Progress",
    "ReLU",
    "SelfieSegmenter",
    "Sequential",
    "SuperResolution",
    "Tensor",
    "UNet",
    "Upsample",
    "activations",
    "batch_norm",
    "bilinear_",
    "binary_cross_entropy_with_logits",
    "boundary_iou",
    "check_gradients",
    "checkerboard_energy",
    "concatenate",
    "constant_",
    "cosine_schedule",
    "cross_entropy",
    "false_wins",
    "fans",
    "fit",
    "he_",
    "icnr_",
    "inputs_of",
    "iou",
    "kaiming_normal_",
    "kaiming_uniform_",
    "load_weights",
    "mean_iou",
    "minibatches",
    "mse_loss",
    "no_grad",
    "object_f1",
    "paired_difference",
    "predict",
    "predict_in_tiles",
    "relu_rule",
    "save_weights",
    "step_schedule",
    "student_quantile",
]
