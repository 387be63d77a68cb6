"""What the Python tests share: where the servers are."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))

NODE = shutil.which("node") or "node"


def echo_command() -> tuple[str, ...]:
    """Starts the environment whose observations echo the actions (test/app/bridge/echo-env.ts)."""
    process = ROOT / "test" / "app" / "bridge" / "echo-server.process.ts"
    return (NODE, "--conditions=grandmodel-source", "--import", "tsx", str(process))
