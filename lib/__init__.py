"""The package behind the course *Restoring Resolution*: every operation it teaches, in NumPy, beside its adjoint.

Operations are importable from here: ``from lib import conv2d``; so is :class:`Tensor`, which finds their gradients.
The rest of learning is in :mod:`lib.learn`, images and image sets are in :mod:`lib.data`, pictures and explorers in
:mod:`lib.show`.
"""

from lib.learn import Tensor
from lib.ops import *  # noqa: F403  the operations are this package's front door
from lib.ops import __all__ as _operations

__all__ = ["Tensor", *_operations]
