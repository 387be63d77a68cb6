/**
 * @file `npm run bench -- engine`: the update step against the GEMM rate of the same run, batch-1 policy calls,
 * MC-dropout, call overhead. All on one thread. Products and updates alternate round by round, so that a share of the
 * GEMM rate compares neighbours in time; times are medians over the rounds.
 */
import { compile } from "../src/graph/compile.ts";
import { add, mul } from "../src/graph/ops/arithmetic.ts";
import { relu } from "../src/graph/ops/elementwise.ts";
import { linear, matmul } from "../src/graph/ops/matmul.ts";
import type { BoundCall } from "../src/graph/compile.ts";
import type { TensorArray } from "../src/graph/dtype.ts";
import { allocate } from "../src/graph/dtype.ts";
import { sizeOf } from "../src/graph/shape.ts";
import { type TensorSpec, spec } from "../src/graph/spec.ts";
import { adam } from "../src/nn/optimisers/adam.ts";
import { median, quantile, sample, timeOnce } from "./engine/measure.ts";
import {
  type NetworkSize,
  cartPole,
  layoutOf,
  policy,
  stepSpecs,
  separate,
  shared,
  small,
  updateFlops,
  updateStep,
} from "./engine/update-step.ts";
import type { BenchContext, Figure, Suite } from "./figures.ts";
import { torchPeer } from "./peers/torch.ts";

/** Every figure of the tensor engine. */
export const engineSuite: Suite = async (context) => [
  ...(await updateFigures(context)),
  ...(await callFigures(context)),
];

/** Values like those of a run: small, of both signs, the same every time. */
function fill({ dtype, shape }: TensorSpec, name: string): TensorArray {
  const array = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < array.length; i += 1) {
    const wave = Math.sin(1.37 * i + name.length);
    if (array instanceof Float32Array) array[i] = name === "second" ? 1e-4 : 0.05 * wave;
    else if (array instanceof Int32Array) array[i] = i % 2;
  }
  return array;
}

/** A product of the sizes that networks have; its rate is the roofline. */
interface Product {
  readonly flops: number;
  readonly call: BoundCall;
}

async function product(m: number, k: number, n: number): Promise<Product> {
  const specs = { a: spec("f32", [m, k]), b: spec("f32", [k, n]) };
  const compiled = await compile(({ a, b }) => ({ y: matmul(a, b) }), specs);
  const inputs = { a: fill(specs.a, "a") as Float32Array, b: fill(specs.b, "b") as Float32Array };
  return { flops: 2 * m * k * n, call: compiled.bind(inputs, compiled.allocateOutputs()) };
}

interface Update {
  readonly label: string;
  readonly flops: number;
  readonly network: string;
  readonly calls: readonly [BoundCall, BoundCall];
  readonly times: number[];
  readonly shares: number[];
}

async function update(label: string, size: NetworkSize, batch: number): Promise<Update> {
  const specs = stepSpecs(size, batch);
  const compiled = await compile(updateStep(size), specs);
  const arrays = Object.fromEntries(
    Object.entries(specs).map(([name, one]) => [name, fill(one, name)]),
  ) as unknown as Parameters<typeof compiled.bind>[0];
  adam().coefficients(100, 3e-4, arrays.coefficients);
  const forward = compiled.allocateOutputs();
  const slabs = forward as unknown as Record<"parameters" | "first" | "second", Float32Array>;
  const { first, parameters, second } = arrays;
  const calls = [
    compiled.bind(arrays, forward),
    compiled.bind({ ...arrays, ...slabs }, { parameters, first, second, loss: new Float32Array(1) }),
  ] as const;
  const { actions, hidden, observation } = size;
  const body = `${observation}-${hidden.join("-")}`;
  const heads = size.trunk === "shared" ? `(${actions}, 1)` : `${actions} and ${body}-1`;
  const network = `${body}-${heads}, ${layoutOf(size).size} parameters`;
  return { label, network, flops: updateFlops(size, batch), calls, times: [], shares: [] };
}

async function updateFigures(context: BenchContext): Promise<Figure[]> {
  context.step("engine: compiling update steps and products");
  const products = [await product(512, 512, 512), await product(2048, 624, 256)];
  const updates = [
    await update("b64", shared, 64),
    await update("b512", shared, 512),
    await update("b1024", shared, 1024),
    await update("b2048", shared, 2048),
    await update("separate.b64", separate, 64),
    await update("separate.b1024", separate, 1024),
    await update("cartpole.b128", cartPole, 128),
  ];
  const rates: number[] = [];
  const rounds = context.quick ? 6 : 60;
  context.step(`engine: ${rounds} rounds of products and updates in turn`);
  for (let round = -2; round < rounds; round += 1) {
    const rate = await bestRate(context, products);
    for (const one of updates) {
      const time = await updateTime(context, one);
      if (round < 0) continue;
      one.times.push(time);
      one.shares.push(one.flops / time / rate);
    }
    if (round >= 0) rates.push(rate);
  }
  const peer = await peerTimes(context);
  return [...updates.flatMap((one) => figuresOf(one, peer)), gemmFigure(median(rates))];
}

/** What PyTorch takes for the same steps, by our labels, and why there may be nothing. */
interface PeerTimes {
  readonly ms: Readonly<Record<string, number>>;
  readonly note: string;
}

async function peerTimes(context: BenchContext): Promise<PeerTimes> {
  if (context.quick) return { ms: {}, note: "PyTorch not measured in a quick run" };
  context.step("engine: the same steps in PyTorch, if a Python has it");
  const peer = await torchPeer();
  if (peer.kind === "absent") return { ms: {}, note: `no PyTorch beside it: ${peer.reason}` };
  return {
    ms: {
      b64: peer.b64_ms,
      b512: peer.b512_ms,
      b2048: peer.b2048_ms,
      "cartpole.b128": peer.cartpole_b128_ms,
    },
    note: `reference: PyTorch ${peer.torch} (${peer.blas}), one thread`,
  };
}

/** Operations per millisecond of the faster product, each run twice. */
async function bestRate(context: BenchContext, products: readonly Product[]): Promise<number> {
  let best = 0;
  for (const { call, flops } of [...products, ...products]) {
    best = Math.max(best, flops / (await timeOnce(context, async () => call.run())));
  }
  return best;
}

/** Mean of a pair of updates, there and back; short ones are repeated, so that a timer tick does not show. */
async function updateTime(context: BenchContext, { calls: [there, back], flops }: Update): Promise<number> {
  const pairs = flops < 5e8 ? 5 : 1;
  const total = await timeOnce(context, async () => {
    for (let i = 0; i < pairs; i += 1) {
      await there.run();
      await back.run();
    }
  });
  return total / (2 * pairs);
}

function figuresOf({ flops, label, network, shares, times }: Update, peer: PeerTimes): Figure[] {
  const name = `engine.update.${label}`;
  const value = median(times);
  const reference = peer.ms[label];
  const time: Figure = {
    name: `${name}.ms`,
    value,
    unit: "ms",
    note: `${network}, ${(flops / 1e6).toFixed(1)} MFLOP; ${peer.note}`,
  };
  return [
    reference === undefined ? time : { ...time, reference, ratio: reference / value },
    {
      name: `${name}.roofline`,
      value: median(shares),
      unit: "share",
      note: "products of the update per second, against the GEMM rate of the same round",
    },
  ];
}

function gemmFigure(rate: number): Figure {
  return {
    name: "engine.gemm.gflops",
    value: rate / 1e6,
    unit: "GFLOP/s",
    note: "faster of 512x512x512 and 2048x624x256, one thread, median of rounds",
  };
}

async function callFigures(context: BenchContext): Promise<Figure[]> {
  context.step("engine: single calls");
  const count = context.quick ? 300 : 3000;
  const overhead = median(await sample(context, await smallest(), { count, warmUp: 100 }));
  const single = median(await sample(context, await policyCall(shared), { count, warmUp: 100 }));
  const cached = median(await sample(context, await policyCall(small), { count, warmUp: 100 }));
  const dropout = await sample(context, await dropoutCall(1000), { count: count / 10, warmUp: 10 });
  const length = 1 << 20;
  const wide = median(await sample(context, await vectorCall(length), { count: 50, warmUp: 5 }));
  const bytesPerMs = (12 * length) / wide;
  // One row reads every weight once: the call cannot be shorter than that and an empty call.
  const readingUs = (1000 * 4 * layoutOf(shared).size) / bytesPerMs;
  return [
    {
      name: "engine.call.p50_us",
      value: overhead * 1000,
      unit: "us",
      note: "x + 1 on one element, bound arrays",
    },
    {
      name: "engine.policy.b1.p50_us",
      value: single * 1000,
      unit: "us",
      reference: readingUs + overhead * 1000,
      ratio: (readingUs + overhead * 1000) / (single * 1000),
      note: "624-256-256-5 at batch 1, parameters in the training slab; reference: reading 0.9 MB of weights and an empty call",
    },
    {
      name: "engine.policy.small.b1.p50_us",
      value: cached * 1000,
      unit: "us",
      note: "420-128-128-5 at batch 1, parameters in the training slab",
    },
    {
      name: "engine.mc1000.p99_ms",
      value: quantile(dropout, 0.99),
      unit: "ms",
      note: `1000 dropout samples of a 256-256-5 trunk in one call, masks as inputs; p50 ${median(dropout).toFixed(2)} ms`,
    },
    {
      name: "engine.elementwise.gb_per_s",
      value: bytesPerMs / 1e6,
      unit: "GB/s",
      note: "x y + x over 2^20 float32 (two read, one written)",
    },
  ];
}

async function smallest(): Promise<() => Promise<void>> {
  const compiled = await compile(({ x }) => ({ y: add(x, 1) }), { x: spec("f32", [1]) });
  const call = compiled.bind({ x: new Float32Array(1) }, { y: new Float32Array(1) });
  return async () => call.run();
}

async function policyCall(size: NetworkSize): Promise<() => Promise<void>> {
  const specs = {
    parameters: spec("f32", [layoutOf(size).size]),
    observation: spec("f32", [1, size.observation]),
  };
  const compiled = await compile(policy(size), specs);
  const arrays = {
    parameters: fill(specs.parameters, "parameters") as Float32Array,
    observation: fill(specs.observation, "observation") as Float32Array,
  };
  const call = compiled.bind(arrays, compiled.allocateOutputs());
  return async () => call.run();
}

async function dropoutCall(samples: number): Promise<() => Promise<void>> {
  const specs = {
    features: spec("f32", [1, 256]),
    first: spec("f32", [samples, 256]),
    second: spec("f32", [samples, 256]),
    hidden: spec("f32", [256, 256]),
    head: spec("f32", [256, 5]),
  };
  const compiled = await compile(
    ({ features, first, second, hidden, head }) => ({
      logits: linear(mul(relu(linear(mul(features, first), hidden)), second), head),
    }),
    specs,
  );
  const arrays = Object.fromEntries(Object.entries(specs).map(([name, one]) => [name, fill(one, name)]));
  const call = compiled.bind(arrays as Parameters<typeof compiled.bind>[0], compiled.allocateOutputs());
  return async () => call.run();
}

async function vectorCall(length: number): Promise<() => Promise<void>> {
  const specs = { x: spec("f32", [length]), y: spec("f32", [length]) };
  const compiled = await compile(({ x, y }) => ({ z: add(mul(x, y), x) }), specs);
  const arrays = { x: new Float32Array(length).fill(0.5), y: new Float32Array(length).fill(2) };
  const call = compiled.bind(arrays, compiled.allocateOutputs());
  return async () => call.run();
}
