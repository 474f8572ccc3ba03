"""The package behind the course *Restoring Resolution*: every operation it teaches, in NumPy, beside its adjoint.

Operations are importable from here: ``from lib import conv2d``. Photographs are in :mod:`lib.data`, pictures and
explorers in :mod:`lib.show`.
"""

from lib.ops import *  # noqa: F403  the operations are this package's front door
from lib.ops import __all__ as __all__
