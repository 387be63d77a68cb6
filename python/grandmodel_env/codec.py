"""Members of spaces as bytes, numpy only. The layout is that of ``src/app/bridge/codec.ts``; README.md has the table.

A decoder returns fresh arrays: nothing that it handed out changes later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Spec = Mapping[str, Any]
Decoder = Callable[[bytes, int], Any]
Encoder = Callable[[Any], bytes]

_DTYPES = {
    "float32": "<f4",
    "float64": "<f8",
    "int32": "<i4",
    "int8": "i1",
    "uint8": "u1",
    "bool": "?",
}


def dtype_of(spec: Spec) -> np.dtype[Any]:
    """The numpy dtype of a box specification."""
    return np.dtype(_DTYPES[spec["dtype"]])


def size_of(spec: Spec) -> int:
    """Bytes that every member of the space takes."""
    kind = spec["kind"]
    if kind == "discrete":
        return 4
    if kind == "multi-discrete":
        return 4 * len(spec["nvec"])
    if kind == "multi-binary":
        return int(spec["n"])
    if kind == "box":
        return int(np.prod(spec["shape"], dtype=np.int64)) * dtype_of(spec).itemsize
    return sum(size_of(part) for _, part in _parts(spec))


def decoder(spec: Spec) -> Decoder:
    """A function ``(bytes, offset) -> value`` for members of the space."""
    kind = spec["kind"]
    if kind == "discrete":
        return lambda data, at: int.from_bytes(data[at : at + 4], "little", signed=True)
    if kind == "multi-discrete":
        return _array_decoder(np.dtype("<i4"), (len(spec["nvec"]),))
    if kind == "multi-binary":
        return _array_decoder(np.dtype("i1"), (int(spec["n"]),))
    if kind == "box":
        return _array_decoder(dtype_of(spec), tuple(spec["shape"]))
    return _parts_decoder(spec)


def encoder(spec: Spec) -> Encoder:
    """A function ``value -> bytes``; raises ``ValueError`` or ``TypeError`` for what cannot be a member by its form."""
    kind = spec["kind"]
    if kind == "discrete":
        return lambda value: int(value).to_bytes(4, "little", signed=True)
    if kind == "multi-discrete":
        return _array_encoder(np.dtype("<i4"), (len(spec["nvec"]),))
    if kind == "multi-binary":
        return _array_encoder(np.dtype("i1"), (int(spec["n"]),))
    if kind == "box":
        return _array_encoder(dtype_of(spec), tuple(spec["shape"]))
    parts = [(key, encoder(part)) for key, part in _parts(spec)]
    return lambda value: b"".join(encode(value[key]) for key, encode in parts)


def _parts(spec: Spec) -> list[tuple[str | int, Spec]]:
    spaces = spec["spaces"]
    return sorted(spaces.items()) if spec["kind"] == "dict" else list(enumerate(spaces))


def _array_decoder(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Decoder:
    count = int(np.prod(shape, dtype=np.int64))
    flat = len(shape) == 1

    def decode(data: bytes, at: int) -> Any:
        array = np.frombuffer(data, dtype, count, at).copy()
        return array if flat else array.reshape(shape)

    return decode


def _array_encoder(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Encoder:
    def encode(value: Any) -> bytes:
        array = np.asarray(value, dtype=dtype)
        if array.shape != shape:
            raise ValueError(f"expected an array of shape {shape}, got {array.shape}")
        return array.tobytes()

    return encode


def _parts_decoder(spec: Spec) -> Decoder:
    placed: list[tuple[str | int, Decoder, int]] = []
    offset = 0
    for key, part in _parts(spec):
        placed.append((key, decoder(part), offset))
        offset += size_of(part)
    if spec["kind"] == "dict":
        return lambda data, at: {key: decode(data, at + skip) for key, decode, skip in placed}
    return lambda data, at: tuple(decode(data, at + skip) for _, decode, skip in placed)
