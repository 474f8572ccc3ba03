"""Learning from gradients: tensors that remember how they were computed."""

from lib.learn.arithmetic import relu_rule
from lib.learn.recording import no_grad
from lib.learn.tensor import Tensor, concatenate

__all__ = ["Tensor", "concatenate", "no_grad", "relu_rule"]
