"""PettingZoo's own test suite on our environments, with every warning that it may print listed by its text."""

from __future__ import annotations

import contextlib
import functools
import io
import pickle
import re
import unittest
import warnings
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
from pettingzoo.test import (
    api_test,
    max_cycles_test,
    parallel_api_test,
    parallel_seed_test,
    render_test,
    seed_test,
    state_test,
)

import support  # noqa: F401 (puts grandmodel_env on the path)
from grandmodel_env import env, parallel_env

#: One environment of each form: single agent, team with a state, Dict and Tuple spaces, masks, deaths and arrivals,
#: and the two that trade, over synthetic bars.
IDS = (
    "CartPole-v1",
    "simple-spread-c-v0",
    "mixed-spaces-v0",
    "masked-v0",
    "attrition-v0",
    "strategic-marl-v0",
    "tactical-marl-v0",
)

#: The suite recommends and does not demand these; each is what the environment is about.
ALLOWED_WARNINGS = (
    r"We recommend agents to be named in the format <descriptor>_<number>",
    r"Agents have different observation space sizes",
    r"Observations are different shapes",
    r"Action space for each agent probably should be gymnasium.spaces.box or gymnasium.spaces.discrete",
    r"Observation is not a NumPy array",
    r"Observation space for each agent probably should be gymnasium.spaces.box or gymnasium.spaces.discrete",
    # The one-skill environments observe one number, which is 0 until the episode says something.
    r"Observation is a single number",
    r"Observation numpy array is all zeros",
    # Velocities of the particle environments have no bound.
    r"(minimum|maximum) (observation|state) space value is -?infinity",
)


@contextlib.contextmanager
def only_allowed_warnings() -> Iterator[None]:
    """Fails on any warning whose text is not listed above; keeps what the suite prints off the terminal."""
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        yield
    for warning in caught:
        text = str(warning.message)
        if not any(re.search(pattern, text) for pattern in ALLOWED_WARNINGS):
            raise AssertionError(f"unlisted warning: {text}")


class PettingZooSuite(unittest.TestCase):
    """Each test starts its own processes and ends them."""

    def each(self) -> Iterator[str]:
        for env_id in IDS:
            with self.subTest(env_id), only_allowed_warnings():
                yield env_id

    def test_parallel_api(self) -> None:
        for env_id in self.each():
            with contextlib.closing(parallel_env(env_id)) as environment:
                parallel_api_test(environment, 1000)

    def test_api(self) -> None:
        for env_id in self.each():
            with contextlib.closing(env(env_id)) as environment:
                api_test(environment, num_cycles=200)

    def test_seeds(self) -> None:
        with only_allowed_warnings():
            parallel_seed_test(functools.partial(parallel_env, "simple-spread-c-v0"))
            parallel_seed_test(functools.partial(parallel_env, "tactical-marl-v0"))
            seed_test(functools.partial(env, "attrition-v0"), num_cycles=10)

    def test_max_cycles(self) -> None:
        with only_allowed_warnings():
            max_cycles_test(
                SimpleNamespace(
                    parallel_env=functools.partial(parallel_env, "simple-spread-c-v0"),
                    env=functools.partial(env, "simple-spread-c-v0"),
                )
            )

    def test_state(self) -> None:
        with only_allowed_warnings():
            for env_id in ("simple-spread-c-v0", "strategic-marl-v0", "tactical-marl-v0"):
                state_test(env(env_id), parallel_env(env_id))

    def test_render(self) -> None:
        with only_allowed_warnings():
            render_test(functools.partial(env, "simple-spread-c-v0"))


class OurPromises(unittest.TestCase):
    """What PettingZoo's suite does not look at.

    Its ``bombardment_test`` is not run: it takes what ``step`` returns (``None`` in every AEC environment) for an
    observation and so fails on PettingZoo's own example environment too. The first test here looks for the same.
    """

    def test_every_observation_of_many_episodes_is_in_its_space(self) -> None:
        with contextlib.closing(env("attrition-v0")) as environment:
            seen = 0
            for seed in range(100):
                environment.reset(seed=seed)
                for agent in environment.agent_iter():
                    observation, _, terminated, truncated, _ = environment.last()
                    self.assertTrue(environment.observation_space(agent).contains(observation), (agent, observation))
                    seen += 1
                    ended = terminated or truncated
                    mask = observation.get("action_mask") if isinstance(observation, dict) else None
                    environment.step(None if ended else environment.action_space(agent).sample(mask))
            self.assertGreater(seen, 1000)

    def test_a_pickled_environment_goes_on_where_it_stood(self) -> None:
        with contextlib.closing(parallel_env("simple-spread-c-v0")) as original:
            original.reset(seed=3)
            original.step({agent: 1 for agent in original.agents})
            with contextlib.closing(pickle.loads(pickle.dumps(original))) as copy:
                self.assertEqual(copy.agents, original.agents)
                for _ in range(5):
                    actions = {agent: 2 for agent in original.agents}
                    ours, theirs = original.step(actions), copy.step(actions)
                    for agent in actions:
                        np.testing.assert_array_equal(ours[0][agent], theirs[0][agent])
                    self.assertEqual(ours[1:], theirs[1:])

    def test_full_episodes_are_equal_for_equal_seeds_and_differ_otherwise(self) -> None:
        def episode(seed: int) -> list[bytes]:
            with contextlib.closing(parallel_env("simple-spread-c-v0")) as environment:
                observations, _ = environment.reset(seed=seed)
                seen = [np.concatenate(list(observations.values())).tobytes()]
                while environment.agents:
                    actions = {agent: i % 5 for i, agent in enumerate(environment.agents)}
                    observations, *_ = environment.step(actions)
                    seen.append(np.concatenate(list(observations.values())).tobytes())
                return seen

        self.assertEqual(len(episode(11)), 26)
        self.assertEqual(episode(11), episode(11))
        self.assertNotEqual(episode(11), episode(12))

    def test_types_are_those_that_pettingzoo_promises(self) -> None:
        with contextlib.closing(parallel_env("simple-spread-c-v0")) as environment:
            observations, _ = environment.reset(seed=0)
            agent = environment.agents[0]
            self.assertIs(environment.observation_space(agent), environment.observation_space(agent))
            self.assertEqual(observations[agent].dtype, np.float32)
            _, rewards, terminations, truncations, infos = environment.step({a: 0 for a in environment.agents})
            self.assertIs(type(rewards[agent]), float)
            self.assertIs(type(terminations[agent]), bool)
            self.assertIs(type(truncations[agent]), bool)
            self.assertIs(type(infos[agent]), dict)


if __name__ == "__main__":
    unittest.main()
