"""GrandModel's environments for Python: ``parallel_env(id)`` and ``env(id)`` are PettingZoo environments.

``Client`` speaks with the Node process directly and needs numpy alone; the PettingZoo classes are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .client import AgentSpec, Client, EnvironmentSpec, Reply
from .errors import EnvironmentFault, ServerDied

if TYPE_CHECKING:
    from .environment import GrandModelEnv, env, parallel_env

__all__ = [
    "AgentSpec",
    "Client",
    "EnvironmentFault",
    "EnvironmentSpec",
    "GrandModelEnv",
    "Reply",
    "ServerDied",
    "env",
    "parallel_env",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in ("GrandModelEnv", "env", "parallel_env"):
        from . import environment

        return getattr(environment, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
