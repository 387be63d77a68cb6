"""Environment steps per second through the bridge; prints one JSON object.

    python3 python/benchmarks/bridge_speed.py [--env simple-spread-c-v0] [--steps 20000] [--pettingzoo]

Random legal actions drawn beforehand, resets included. Without ``--pettingzoo`` the framing client is measured (numpy
alone), with it the ``ParallelEnv``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grandmodel_env import Client


def measure_client(env_id: str, steps: int) -> float:
    client = Client(env_id)
    try:
        actions = draw_actions([agent.name for agent in client.spec.agents], client.spec.agents[0].action["n"])
        live = client.reset(seed=0).live

        def step(i: int) -> None:
            nonlocal live
            live = client.step(actions[i % len(actions)]).live
            if not live:
                live = client.reset().live

        return timed(step, steps)
    finally:
        client.close()


def measure_pettingzoo(env_id: str, steps: int) -> float:
    from grandmodel_env import parallel_env

    environment = parallel_env(env_id)
    try:
        agents = environment.possible_agents
        actions = draw_actions(agents, environment.action_space(agents[0]).n)
        environment.reset(seed=0)

        def step(i: int) -> None:
            environment.step(actions[i % len(actions)])
            if not environment.agents:
                environment.reset()

        return timed(step, steps)
    finally:
        environment.close()


def draw_actions(agents: list[str], n: int) -> list[dict[str, Any]]:
    generator = np.random.default_rng(0)
    return [{agent: int(generator.integers(n)) for agent in agents} for _ in range(1000)]


def timed(step: Any, steps: int) -> float:
    """Steps per second after a warm-up of a tenth."""
    for i in range(steps // 10):
        step(i)
    start = time.perf_counter()
    for i in range(steps):
        step(i)
    return steps / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--env", default="simple-spread-c-v0")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--pettingzoo", action="store_true")
    options = parser.parse_args()
    measure = measure_pettingzoo if options.pettingzoo else measure_client
    result = {
        "env": options.env,
        "steps_per_s": round(measure(options.env, options.steps)),
        "client": "pettingzoo" if options.pettingzoo else "framing",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
