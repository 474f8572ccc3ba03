"""What tables of this package hold for readers: it is said where it is shown, and named here for the translators."""

from __future__ import annotations

from lib.show.explore.page import STEP
from lib.show.palette import MISTAKES, ROLES
from lib.show.photograph_bench import SHOWN, kernels
from lib.show.svg import SIGNS

STAGES = ("deconvolution", "unpooling")  # of a decoder, with numbers
LABELS = ("values", "weights", "interpolated value", "curve")  # of charts, where a call names none


def texts() -> dict[str, list[str]]:
    """Return every text of a table, by the name of the catalog that translates it.

    Examples
    --------
    >>> texts()["show"][:3]
    ['input', 'kernel', 'output']
    """
    of_kernels = [name for factor in (2, 3, 4) for name in kernels(factor)]
    return {
        "show": list(dict.fromkeys([*ROLES, *SIGNS.values(), *MISTAKES, *LABELS, *STAGES, STEP, *SHOWN, *of_kernels]))
    }
