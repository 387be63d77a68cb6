"""Space specifications of the server as gymnasium spaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces

from .codec import dtype_of


def to_gymnasium(spec: Mapping[str, Any]) -> spaces.Space[Any]:
    """A new gymnasium space; callers keep it, because seeding a space must stick to one object."""
    kind = spec["kind"]
    if kind == "discrete":
        return spaces.Discrete(spec["n"], start=spec["start"])
    if kind == "multi-discrete":
        return spaces.MultiDiscrete(spec["nvec"], dtype=np.int32)
    if kind == "multi-binary":
        return spaces.MultiBinary(spec["n"])
    if kind == "box":
        shape, dtype = tuple(spec["shape"]), dtype_of(spec)
        return spaces.Box(_bounds(spec["low"], shape, dtype), _bounds(spec["high"], shape, dtype), shape, dtype.type)
    if kind == "dict":
        return spaces.Dict({key: to_gymnasium(part) for key, part in spec["spaces"].items()})
    if kind == "tuple":
        return spaces.Tuple([to_gymnasium(part) for part in spec["spaces"]])
    raise ValueError(f"unknown space kind {kind!r}: the server is newer than this package")


def _bounds(bounds: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """One bound for all elements, or one per element; ``"Infinity"`` as text because JSON has no infinities."""
    values = [float(bound) for bound in bounds] if isinstance(bounds, list) else float(bounds)
    return np.broadcast_to(np.asarray(values, dtype=np.float64).reshape(-1 if isinstance(bounds, list) else ()), (int(np.prod(shape)),)).reshape(shape).astype(dtype)
