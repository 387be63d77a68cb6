"""The PettingZoo classes: a ``ParallelEnv`` over a child process, and its AEC form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gymnasium.spaces import Space
from pettingzoo import AECEnv, ParallelEnv
from pettingzoo.utils import parallel_to_aec

from .client import Client, Reply
from .spaces import to_gymnasium

RENDER_MODES = ("human", "ansi")


class GrandModelEnv(ParallelEnv[str, Any, Any]):
    """One of GrandModel's environments; every call goes to a Node child process that lives until ``close``.

    Observations have the declared dtype and shape, flags are ``bool``, rewards ``float``; the final observation and an
    info of every agent that ended are in the records of that step. Pickling carries the position: a copy goes on where
    the original stood.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": list(RENDER_MODES), "is_parallelizable": True}

    def __init__(
        self,
        env: str,
        *,
        max_cycles: int | None = None,
        render_mode: str | None = None,
        command: Sequence[str] = (),
    ) -> None:
        """
        :param env: an id from ``grandmodel envs``, such as ``simple-spread-c-v0``
        :param max_cycles: a time limit in steps in place of the environment's own
        :param render_mode: ``human`` prints a text view, ``ansi`` returns it
        :param command: the words that start ``grandmodel``; found by itself in a checkout or on the path
        """
        if render_mode is not None and render_mode not in RENDER_MODES:
            raise ValueError(f"render_mode is one of {RENDER_MODES} or None, got {render_mode!r}")
        self.render_mode = render_mode
        self._started = False
        self._adopt(Client(env, max_cycles=max_cycles, command=command))

    def _adopt(self, client: Client) -> None:
        spec = client.spec
        self._client = client
        self.metadata = {**type(self).metadata, "name": spec.name}
        self.possible_agents = [agent.name for agent in spec.agents]
        self.agents: list[str] = []
        self.max_cycles = math.inf if spec.max_cycles is None else spec.max_cycles
        self._observation_spaces = {agent.name: to_gymnasium(agent.observation) for agent in spec.agents}
        self._action_spaces = {agent.name: to_gymnasium(agent.action) for agent in spec.agents}
        if spec.state is not None:
            self.state_space = to_gymnasium(spec.state)

    def observation_space(self, agent: str) -> Space[Any]:
        """The same object on every call, so that seeding it sticks."""
        return self._observation_spaces[agent]

    def action_space(self, agent: str) -> Space[Any]:
        """The same object on every call, so that seeding it sticks."""
        return self._action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Starts an episode; with ``seed`` the environment's stream starts anew, without it goes on."""
        reply = self._client.reset(seed, options)
        self._started = True
        self.agents = reply.live
        return reply.observations, reply.infos

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """One step with the actions of the live agents. Raises ``EnvironmentFault`` where an action is refused."""
        reply: Reply = self._client.step(actions)
        self.agents = reply.live
        return reply.observations, reply.rewards, reply.terminations, reply.truncations, reply.infos

    def state(self) -> Any:
        """The global state that a centralised critic may see."""
        return self._client.state()

    def render(self) -> str | None:
        """The text view: returned in mode ``ansi``, printed in mode ``human``."""
        if self.render_mode is None:
            return None
        text = self._client.text_view()
        if self.render_mode == "ansi":
            return text
        print(text)
        return None

    def close(self) -> None:
        """Ends the child process."""
        self._client.close()

    def __getstate__(self) -> dict[str, Any]:
        state = {key: value for key, value in self.__dict__.items() if key != "_client"}
        snapshot = self._client.snapshot() if self._started else None
        return {"own": state, "settings": self._client.settings, "snapshot": snapshot}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        settings = state["settings"]
        self._client = Client(settings.env, max_cycles=settings.max_cycles, command=settings.command)
        if state["snapshot"] is not None:
            self._client.restore(state["snapshot"])
        self.__dict__.update(state["own"])


def parallel_env(env_id: str, **settings: Any) -> GrandModelEnv:
    """The environment with all live agents acting at once; settings as for :class:`GrandModelEnv`."""
    return GrandModelEnv(env_id, **settings)


def env(env_id: str, **settings: Any) -> AECEnv[str, Any, Any]:
    """The environment with one agent acting at a time."""
    return parallel_to_aec(parallel_env(env_id, **settings))
