"""What can go wrong between Python and the Node process, as two exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class EnvironmentFault(ValueError):
    """The environment refused a call; it stands as before and can go on.

    ``code`` names a page under ``docs/errors/``; ``issues`` holds every fault with place, value, rule and hint.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.code: str = str(document.get("code", "INTERNAL"))
        self.issues: Sequence[Mapping[str, Any]] = document.get("issues", [])
        super().__init__(str(document.get("message", self.code)))


class ServerDied(RuntimeError):
    """The Node process ended or never started; the message carries its last lines on standard error."""

    def __init__(self, command: Sequence[str], returncode: int | None, last_lines: str) -> None:
        self.returncode = returncode
        said = last_lines.strip() or "(it wrote nothing to standard error)"
        super().__init__(f"the environment server `{' '.join(command)}` ended with code {returncode}:\n{said}")
