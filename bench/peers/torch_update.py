"""PyTorch's time for the update steps that bench/engine.ts measures, on one thread, as one line of JSON.

The step is the same: a shared trunk 624-256-256 with an actor head (5) and a critic head (1), tanh; clipped PPO
surrogate, squared value error, entropy; global-norm clipping at 0.5; Adam with epsilon 1e-5. Written as CleanRL's
ppo.py writes it. The CartPole peer is CleanRL's ppo.py whole: separate 4-64-64-2 and 4-64-64-1 tanh networks, 4
environments, 128 steps, 4 epochs of 4 minibatches of 128; its environment is vectorised NumPy, which is faster than
gymnasium's and so kinder to the peer.

Usage: OMP_NUM_THREADS=1 python3 torch_update.py [seconds per figure, default 1.5]
"""

import json
import math
import sys
import time

import numpy as np
import torch
from torch import nn

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 1.5


def median_ms(step, seconds=SECONDS):
    """Median wall time of one call, after a tenth of the time spent on warming up."""
    until = time.perf_counter() + seconds / 10
    while time.perf_counter() < until:
        step()
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def orthogonal(layer, gain):
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


def trunk(inputs, hidden):
    return nn.Sequential(
        orthogonal(nn.Linear(inputs, hidden), math.sqrt(2)),
        nn.Tanh(),
        orthogonal(nn.Linear(hidden, hidden), math.sqrt(2)),
        nn.Tanh(),
    )


class SharedTrunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = trunk(624, 256)
        self.actor = orthogonal(nn.Linear(256, 5), 0.01)
        self.critic = orthogonal(nn.Linear(256, 1), 1.0)

    def forward(self, observation):
        hidden = self.trunk(observation)
        return self.actor(hidden), self.critic(hidden)


class SeparateTrunks(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Sequential(*trunk(4, 64), orthogonal(nn.Linear(64, 2), 0.01))
        self.critic = nn.Sequential(*trunk(4, 64), orthogonal(nn.Linear(64, 1), 1.0))

    def forward(self, observation):
        return self.actor(observation), self.critic(observation)


def ppo_update(network, optimiser, batch, value_weight):
    observation, action, old_log_prob, advantage, target = batch
    logits, value = network(observation)
    policy = torch.distributions.Categorical(logits=logits)
    ratio = (policy.log_prob(action) - old_log_prob).exp()
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    policy_loss = torch.max(-advantage * ratio, -advantage * ratio.clamp(0.8, 1.2)).mean()
    value_loss = 0.5 * ((value.view(-1) - target) ** 2).mean()
    loss = policy_loss - 0.01 * policy.entropy().mean() + value_weight * value_loss
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 0.5)
    optimiser.step()


def random_batch(rows, features, actions):
    return (
        torch.randn(rows, features),
        torch.randint(actions, (rows,)),
        torch.full((rows,), -math.log(actions)),
        torch.randn(rows),
        torch.randn(rows),
    )


def update_ms(network, rows, features, actions):
    optimiser = torch.optim.Adam(network.parameters(), lr=2.5e-4, eps=1e-5)
    batch = random_batch(rows, features, actions)
    return median_ms(lambda: ppo_update(network, optimiser, batch, 0.5))


def gemm_gflops(n=512):
    a, b = torch.randn(n, n), torch.randn(n, n)
    return 2 * n**3 / median_ms(lambda: a @ b, min(SECONDS, 0.5)) / 1e6


class CartPoles:
    """CartPole-v1 of Gymnasium, several at once."""

    def __init__(self, count, generator):
        self.generator = generator
        self.state = generator.uniform(-0.05, 0.05, (count, 4))
        self.steps = np.zeros(count, dtype=np.int64)

    def step(self, actions):
        x, v, angle, spin = self.state.T
        force = np.where(actions == 1, 10.0, -10.0)
        cosine, sine = np.cos(angle), np.sin(angle)
        push = (force + 0.05 * spin**2 * sine) / 1.1
        turn = (9.8 * sine - cosine * push) / (0.5 * (4 / 3 - 0.1 * cosine**2 / 1.1))
        slide = push - 0.05 * turn * cosine / 1.1
        self.state = np.stack([x + 0.02 * v, v + 0.02 * slide, angle + 0.02 * spin, spin + 0.02 * turn], 1)
        self.steps += 1
        fallen = (np.abs(self.state[:, 0]) > 2.4) | (np.abs(self.state[:, 2]) > 12 * 2 * math.pi / 360)
        done = fallen | (self.steps >= 500)
        self.state[done] = self.generator.uniform(-0.05, 0.05, (int(done.sum()), 4))
        self.steps[done] = 0
        return torch.tensor(self.state, dtype=torch.float32), torch.ones(len(done)), torch.tensor(done).float()


def cartpole_steps_per_second(seconds):
    environments, horizon, epochs, minibatch = 4, 128, 4, 128
    network = SeparateTrunks()
    optimiser = torch.optim.Adam(network.parameters(), lr=2.5e-4, eps=1e-5)
    poles = CartPoles(environments, np.random.default_rng(1))
    observation, done = torch.tensor(poles.state, dtype=torch.float32), torch.zeros(environments)
    observations = torch.zeros(horizon, environments, 4)
    actions, log_probs, rewards, dones, values = (torch.zeros(horizon, environments) for _ in range(5))
    start, steps = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        for t in range(horizon):
            observations[t], dones[t] = observation, done
            with torch.no_grad():
                logits, value = network(observation)
                policy = torch.distributions.Categorical(logits=logits)
                action = policy.sample()
                actions[t], log_probs[t], values[t] = action, policy.log_prob(action), value.view(-1)
            observation, rewards[t], done = poles.step(action.numpy())
        with torch.no_grad():
            following, following_done = network.critic(observation).view(-1), done
            advantages, running = torch.zeros_like(rewards), torch.zeros(environments)
            for t in reversed(range(horizon)):
                alive = 1 - following_done
                delta = rewards[t] + 0.99 * following * alive - values[t]
                advantages[t] = running = delta + 0.99 * 0.95 * alive * running
                following, following_done = values[t], dones[t]
        flat = [
            observations.view(-1, 4),
            actions.view(-1).long(),
            log_probs.view(-1),
            advantages.view(-1),
            (advantages + values).view(-1),
        ]
        for _ in range(epochs):
            order = torch.randperm(horizon * environments)
            for rows in order.split(minibatch):
                ppo_update(network, optimiser, [column[rows] for column in flat], 0.5)
        steps += horizon * environments
    return steps / (time.perf_counter() - start)


def blas_library():
    """Which BLAS the process has loaded: Debian's torch takes the system's, and the reference one is 15 times slower."""
    try:
        with open("/proc/self/maps", encoding="ascii") as maps:
            text = maps.read()
    except OSError:
        return "unknown"
    if "openblas" in text:
        return "OpenBLAS"
    if "libmkl" in text or "MKL" in torch.__config__.show().split("BLAS_INFO=")[-1][:8].upper():
        return "MKL"
    return "reference BLAS" if "libblas" in text else "built in"


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    figures = {f"b{rows}_ms": update_ms(SharedTrunk(), rows, 624, 5) for rows in (64, 512, 2048)}
    figures["cartpole_b128_ms"] = update_ms(SeparateTrunks(), 128, 4, 2)
    figures["cartpole_sps"] = cartpole_steps_per_second(3 * SECONDS)
    figures["gemm_gflops"] = gemm_gflops()
    print(
        json.dumps(
            {
                **figures,
                "torch": torch.__version__,
                "blas": blas_library(),
                "threads": torch.get_num_threads(),
                "config": torch.__config__.show(),
                "parallel": torch.__config__.parallel_info(),
            }
        )
    )


main()
