"""The framing client: one Node child process, one environment. Standard library and numpy only.

A frame is a 4-byte little-endian payload length, a 1-byte kind and the payload; README.md has every message byte by byte.
"""

from __future__ import annotations

import collections
import json
import os
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .codec import decoder, encoder, size_of
from .errors import EnvironmentFault, ServerDied

PROTOCOL = 1
_HEADER = struct.Struct("<IB")
_IN_RECORD, _LIVE, _TERMINATED, _TRUNCATED = 1, 2, 4, 8
_STDERR_LINES = 20


@dataclass(frozen=True)
class Reply:
    """What a reset or a step returned; keys are agents, in the order of ``possible_agents``."""

    observations: dict[str, Any]
    rewards: dict[str, float]
    terminations: dict[str, bool]
    truncations: dict[str, bool]
    infos: dict[str, dict[str, Any]]
    live: list[str]


@dataclass(frozen=True)
class AgentSpec:
    """One agent's spaces as the server states them (``kind``, ``shape``, ``low``, ...)."""

    name: str
    observation: Mapping[str, Any]
    action: Mapping[str, Any]


@dataclass(frozen=True)
class EnvironmentSpec:
    """What the server says of its environment before anything is asked."""

    name: str
    max_cycles: int | None
    illegal_actions: str
    agents: tuple[AgentSpec, ...]
    state: Mapping[str, Any] | None


@dataclass(frozen=True)
class Settings:
    """How to start the server; everything that a copy of the client needs."""

    env: str
    max_cycles: int | None = None
    command: tuple[str, ...] = field(default_factory=tuple)

    def argv(self) -> list[str]:
        words = [*(self.command or find_command()), "env", "serve", self.env]
        return words if self.max_cycles is None else [*words, "--max-cycles", str(self.max_cycles)]


def find_command() -> tuple[str, ...]:
    """``GRANDMODEL_COMMAND``, else the checkout that this file lies in, else ``grandmodel`` on the path."""
    named = os.environ.get("GRANDMODEL_COMMAND")
    if named:
        return tuple(named.split())
    checkout = Path(__file__).resolve().parents[2] / "bin" / "grandmodel.js"
    if checkout.exists():
        return (shutil.which("node") or "node", str(checkout))
    installed = shutil.which("grandmodel")
    if installed:
        return (installed,)
    raise FileNotFoundError("no `grandmodel` command: run `npm install -g grandmodel`, or set GRANDMODEL_COMMAND")


class Client:
    """Starts the server, speaks frames with it, ends it. Not safe for several threads at once."""

    def __init__(self, env: str, *, max_cycles: int | None = None, command: Sequence[str] = ()) -> None:
        self.settings = Settings(env, max_cycles, tuple(command))
        self._start()

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> Reply:
        """Starts an episode; ``seed`` in [0, 2^64). Options are JSON values; unknown ones are named in the infos."""
        digits = b"" if seed is None else str(int(seed)).encode()
        text = json.dumps(dict(options)).encode() if options else b""
        return self._read_reply(self._ask(b"R", bytes([len(digits)]) + digits + text, b"r"))

    def step(self, actions: Mapping[str, Any]) -> Reply:
        """One step with the actions of the live agents. Raises ``EnvironmentFault`` and changes nothing when refused."""
        self.send_step(actions)
        return self.receive_step()

    def send_step(self, actions: Mapping[str, Any]) -> None:
        """First half of ``step``: lets the caller work while the environment moves."""
        present = bytearray(len(self._agents))
        parts = [b"", present]
        for agent, action in actions.items():
            index = self._index.get(agent)
            if index is None:
                raise KeyError(f"{agent!r} is not an agent of {self.spec.name}: {', '.join(self._index)}")
            present[index] = 1
        for index, (agent, encode) in enumerate(self._encoders):
            if present[index]:
                parts.append(encode(actions[agent]))
        self._send(b"S", b"".join(parts))

    def receive_step(self) -> Reply:
        """Second half of ``step``."""
        return self._read_reply(self._receive(b"s"))

    def state(self) -> Any:
        """The global state as an array of the state space."""
        if self._state is None:
            raise NotImplementedError(f"{self.spec.name} has no global state")
        return self._state(self._ask(b"T", b"", b"t"), 0)

    def text_view(self) -> str:
        """The environment as text."""
        return self._ask(b"V", b"", b"v").decode()

    def snapshot(self) -> bytes:
        """Everything that decides the future, for ``restore`` on this or another client of the same environment."""
        return self._ask(b"P", b"", b"p")

    def restore(self, snapshot: bytes) -> None:
        """Goes back to where ``snapshot`` was taken."""
        self._ask(b"Q", snapshot, b"q")

    def close(self) -> None:
        """Ends the child process; idempotent."""
        process = self._process
        if process.poll() is None:
            try:
                self._send(b"C", b"")
            except ServerDied:
                pass
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._listener.join(timeout=5)
        if process.stderr is not None:
            process.stderr.close()

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def __del__(self) -> None:
        if hasattr(self, "_listener"):
            self.close()

    def _start(self) -> None:
        self._argv = self.settings.argv()
        # A session of its own: Ctrl-C in Python is Python's to handle. The child ends when its input closes.
        self._process = subprocess.Popen(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._stderr: collections.deque[bytes] = collections.deque(maxlen=_STDERR_LINES)
        self._listener = threading.Thread(target=self._collect_stderr, daemon=True)
        self._listener.start()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._out = self._process.stdin.fileno()
        self._in = self._process.stdout.fileno()
        self._buffer = b""
        self._learn_spec(json.loads(self._receive(b"h")))

    def _collect_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        for line in stream:
            self._stderr.append(line)

    def _learn_spec(self, spec: Mapping[str, Any]) -> None:
        if spec["protocol"] != PROTOCOL:
            raise RuntimeError(f"the server speaks protocol {spec['protocol']}, this client {PROTOCOL}: update the older one")
        self._agents = [str(agent["name"]) for agent in spec["agents"]]
        self._index = {agent: i for i, agent in enumerate(self._agents)}
        self._encoders = [(str(agent["name"]), encoder(agent["action"])) for agent in spec["agents"]]
        self._decoders = [
            (str(agent["name"]), decoder(agent["observation"]), size_of(agent["observation"])) for agent in spec["agents"]
        ]
        self._rewards = struct.Struct(f"<{len(self._agents)}d")
        self._state = None if spec["state"] is None else decoder(spec["state"])
        self.spec = EnvironmentSpec(
            name=str(spec["name"]),
            max_cycles=spec["maxCycles"],
            illegal_actions=str(spec["illegalActions"]),
            agents=tuple(AgentSpec(a["name"], a["observation"], a["action"]) for a in spec["agents"]),
            state=spec["state"],
        )

    def _read_reply(self, body: bytes) -> Reply:
        count = len(self._agents)
        all_rewards = self._rewards.unpack_from(body, count)
        at = count + self._rewards.size
        observations: dict[str, Any] = {}
        rewards: dict[str, float] = {}
        terminations: dict[str, bool] = {}
        truncations: dict[str, bool] = {}
        infos: dict[str, dict[str, Any]] = {}
        live: list[str] = []
        for i, (agent, decode, size) in enumerate(self._decoders):
            flags = body[i]
            if flags & _LIVE:
                live.append(agent)
            if flags & _IN_RECORD:
                observations[agent] = decode(body, at)
                at += size
                rewards[agent] = all_rewards[i]
                terminations[agent] = flags & _TERMINATED != 0
                truncations[agent] = flags & _TRUNCATED != 0
                infos[agent] = {}
        if at < len(body):
            infos.update(json.loads(body[at:]))
        return Reply(observations, rewards, terminations, truncations, infos, live)

    def _ask(self, kind: bytes, payload: bytes, answer: bytes) -> bytes:
        self._send(kind, payload)
        return self._receive(answer)

    def _send(self, kind: bytes, payload: bytes) -> None:
        frame = memoryview(_HEADER.pack(len(payload), kind[0]) + payload)
        try:
            while frame:
                frame = frame[os.write(self._out, frame) :]
        except (BrokenPipeError, ValueError, OSError) as error:
            raise self._death() from error

    def _receive(self, answer: bytes) -> bytes:
        length, kind = _HEADER.unpack(self._take(_HEADER.size))
        payload = self._take(length)
        if kind == answer[0]:
            return payload
        if kind == ord("e"):
            raise EnvironmentFault(json.loads(payload))
        raise RuntimeError(f"expected a reply of kind {answer!r}, got {chr(kind)!r}")

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            try:
                received = os.read(self._in, 1 << 20)
            except OSError as error:
                raise self._death() from error
            if not received:
                raise self._death()
            self._buffer = self._buffer + received if self._buffer else received
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _death(self) -> ServerDied:
        try:
            returncode: int | None = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            returncode = None
        deadline = time.monotonic() + 1
        while self._listener.is_alive() and time.monotonic() < deadline:
            self._listener.join(timeout=0.05)
        return ServerDied(self._argv, returncode, b"".join(self._stderr).decode(errors="replace"))
