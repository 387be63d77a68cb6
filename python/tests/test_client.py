"""The framing client against a real server process: standard library and numpy only."""

from __future__ import annotations

import os
import signal
import unittest

import numpy as np

from support import echo_command

from grandmodel_env import Client, EnvironmentFault, ServerDied


def echo() -> Client:
    return Client("ignored", command=echo_command())


def actions() -> dict[str, object]:
    return {
        "short_0": 2,
        "multi_0": np.array([2, 3, 4]),
        "bits_0": np.array([1, 0, 1, 0, 1, 0, 1]),
        "box_0": np.array([[1.5, -2.25, 1e-9], [np.pi, 0.0, -1e6]]),
        "dict_0": {"z": np.array([0.1, -0.2, 0.3]), "a": np.array([True, False]), "m": np.array([[-128, 127]])},
    }


class EveryKindOfSpace(unittest.TestCase):
    def test_round_trips_exactly(self) -> None:
        client = echo()
        try:
            client.reset(seed=2**64 - 1)
            sent = actions()
            reply = client.step(sent)
            seen = {agent: observation["echo"] for agent, observation in reply.observations.items()}
            self.assertEqual(seen["short_0"], 2)
            np.testing.assert_array_equal(seen["multi_0"], sent["multi_0"])
            np.testing.assert_array_equal(seen["bits_0"], sent["bits_0"])
            np.testing.assert_array_equal(seen["box_0"], sent["box_0"])
            np.testing.assert_array_equal(seen["dict_0"]["z"], np.float32(sent["dict_0"]["z"]))
            np.testing.assert_array_equal(seen["dict_0"]["a"], sent["dict_0"]["a"])
            np.testing.assert_array_equal(seen["dict_0"]["m"], sent["dict_0"]["m"])
            self.assertEqual(seen["tuple_0"][0], 0)
            self.assertEqual(seen["multi_0"].dtype, np.int32)
            self.assertEqual(seen["box_0"].dtype, np.float64)
            self.assertEqual(seen["box_0"].shape, (2, 3))
            self.assertEqual(seen["dict_0"]["a"].dtype, np.bool_)
            self.assertEqual(seen["tuple_0"][1].dtype, np.uint8)
            second = client.step({**sent, "tuple_0": (1, np.array([0, 9, 255, 3]), np.array([-9, 9]))})
            np.testing.assert_array_equal(second.observations["tuple_0"]["echo"][1], [0, 9, 255, 3])
            np.testing.assert_array_equal(second.observations["tuple_0"]["echo"][2], [-9, 9])
        finally:
            client.close()

    def test_arrays_are_the_callers(self) -> None:
        client = echo()
        try:
            first = client.reset().observations["box_0"]["echo"]
            first += 1
            client.step(actions())
            np.testing.assert_array_equal(first, np.ones((2, 3)))
        finally:
            client.close()


class Records(unittest.TestCase):
    def setUp(self) -> None:
        self.client = echo()
        self.addCleanup(self.client.close)

    def test_agents_appear_end_and_keep_their_last_records(self) -> None:
        reset = self.client.reset(seed=7)
        self.assertEqual(reset.live, ["short_0", "multi_0", "bits_0", "box_0", "dict_0"])
        self.assertEqual(reset.infos["box_0"], {"seed": "7"})
        first = self.client.step(actions())
        self.assertIn("tuple_0", first.live)
        self.assertEqual(first.rewards["multi_0"], 1.1)
        self.assertEqual(first.infos["bits_0"], {"text": "Grüße"})
        self.assertEqual(first.infos["box_0"], {})
        last = self.client.step({**actions(), "tuple_0": (0, np.zeros(4), np.zeros(2))})
        self.assertIs(last.terminations["short_0"], True)
        self.assertIs(last.truncations["short_0"], False)
        self.assertIn("short_0", last.observations)
        self.assertIn("short_0", last.infos)
        self.assertNotIn("short_0", last.live)

    def test_state_and_text(self) -> None:
        self.client.reset()
        self.client.step(actions())
        np.testing.assert_array_equal(self.client.state(), [1.0])
        self.assertIn("echo-v0", self.client.text_view())

    def test_snapshot_goes_on_in_another_process(self) -> None:
        self.client.reset()
        self.client.step(actions())
        other = echo()
        self.addCleanup(other.close)
        other.reset()
        other.restore(self.client.snapshot())
        np.testing.assert_array_equal(other.state(), [1.0])

    def test_unknown_options_are_named_and_known_ones_forwarded(self) -> None:
        infos = self.client.reset(options={"known": [1, 2], "strange": 1}).infos
        self.assertEqual(infos["box_0"]["known"], [1, 2])
        self.assertEqual(infos["box_0"]["ignored_options"], ["strange"])


class Faults(unittest.TestCase):
    def setUp(self) -> None:
        self.client = echo()
        self.addCleanup(self.client.close)

    def test_a_refused_step_changes_nothing(self) -> None:
        self.client.reset()
        with self.assertRaises(EnvironmentFault) as caught:
            self.client.step({"short_0": 1})
        self.assertEqual(caught.exception.code, "ENV_ACTION_MISSING")
        self.assertEqual(caught.exception.issues[0]["path"], "multi_0")
        np.testing.assert_array_equal(self.client.state(), [0.0])

    def test_unknown_agents_and_wrong_shapes_are_refused_before_they_are_sent(self) -> None:
        self.client.reset()
        with self.assertRaisesRegex(KeyError, "nobody_0"):
            self.client.step({"nobody_0": 1})
        with self.assertRaisesRegex(ValueError, r"shape \(3,\), got \(2,\)"):
            self.client.step({**actions(), "multi_0": np.array([1, 2])})
        self.assertEqual(self.client.step(actions()).rewards["short_0"], 1.0)

    def test_a_dead_server_raises_with_its_last_words(self) -> None:
        self.client.reset()
        os.kill(self.client.pid, signal.SIGKILL)
        with self.assertRaisesRegex(ServerDied, "ended with code -9"):
            self.client.step(actions())

    def test_a_server_that_cannot_start_says_why(self) -> None:
        node = echo_command()[0]
        with self.assertRaisesRegex(ServerDied, "(?s)code 3.*no such thing"):
            Client("x", command=(node, "-e", "console.error('no such thing'); process.exit(3)"))

    def test_close_ends_the_child_and_may_be_repeated(self) -> None:
        pid = self.client.pid
        self.client.close()
        self.client.close()
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)
        with self.assertRaises(ServerDied):
            self.client.reset()


if __name__ == "__main__":
    unittest.main()
