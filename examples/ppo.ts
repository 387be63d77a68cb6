/**
 * @file PPO in one file, top to bottom: CartPole-v1 with CleanRL's hyper-parameters. No abstraction of its own, no part of
 * the library's trainer; yet it makes the same parameters bit for bit (test/marl/learner/ppo-example.test.ts), so where
 * the two disagree one of them has a bug, and this one is easy to read. Run it with
 *   npx tsx --conditions=grandmodel-source examples/ppo.ts
 */
import {
  abs,
  add,
  cast,
  compile,
  exp,
  lessEqual,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  reshape,
  slice,
  spec,
  stopGradient,
  sub,
  type Tensor,
  valueAndGrad,
} from "grandmodel/graph";
import { createVectorEnv, environmentDefinition } from "grandmodel/marl";
import {
  ADAM_COEFFICIENTS,
  adam,
  categorical,
  categoricalOf,
  clipByGlobalNorm,
  initialise,
  mlp,
  parameterLayout,
  sampleCategorical,
} from "grandmodel/nn";
import { foldIn, Generator, keyFromSeed } from "grandmodel/runtime";

// Hyper-parameters: CleanRL's ppo.py.
const COPIES = 4; // environments stepped together
const HORIZON = 128; // steps of a rollout
const UPDATES = 976; // 499,712 steps
const EPOCHS = 4; // passes over the batch
const MINIBATCHES = 4; // parts of each pass
const LEARNING_RATE = 2.5e-4; // falls to 0 in a straight line
const GAMMA = 0.99; // discount
const LAMBDA = 0.95; // of generalised advantage estimation
const CLIP = 0.2; // range of the probability ratio, and of the value's move
const ENTROPY = 0.01; // weight of the entropy bonus
const VALUE = 0.5; // weight of the value loss
const GRADIENT_NORM = 0.5; // limit of the global norm
const OBSERVATION = 4;
const ACTIONS = 2;

const BATCH = HORIZON * COPIES;
const MINIBATCH = BATCH / MINIBATCHES;

/** What a run leaves behind. */
export interface PpoRun {
  /** Actor first, critic last. */
  readonly parameters: Float32Array;
  /** Returns of all episodes that ended. */
  readonly returns: readonly number[];
}

/** What is reported after each update. */
export interface PpoReport {
  readonly step: number;
  /** Mean return of the last 100 episodes. */
  readonly lastHundred: number;
  /** KL(old || new), k3 estimate, of the last minibatch. */
  readonly kl: number;
}

/** Trains for `updates` of the 976 updates; `report` hears of each. */
export async function trainPpo(
  seed: number,
  updates: number = UPDATES,
  report: (report: PpoReport) => void = () => undefined,
): Promise<PpoRun> {
  // Networks: separate trunks, orthogonal weights, a near-uniform policy to start with.
  const actor = mlp({ sizes: [OBSERVATION, 64, 64], head: { size: ACTIONS, gain: 0.01 } });
  const critic = mlp({ sizes: [OBSERVATION, 64, 64], head: { size: 1, gain: 1 } });
  const specs = { actor: { net: actor.parameters }, critic: critic.parameters };
  const layout = parameterLayout(specs);
  const actorLayout = parameterLayout(specs.actor);
  const criticLayout = parameterLayout(specs.critic);
  const optimiser = adam({ epsilon: 1e-5 });

  // Program 1: logits of one step of all environments.
  const policy = await compile(
    ({ actor: flat, observations }) => ({ logits: actor.apply(actorLayout.unpack(flat).net, observations) }),
    { actor: spec("f32", [actorLayout.size]), observations: spec("f32", [COPIES, OBSERVATION]) },
  );

  // Program 2: values of many rows: the whole rollout and what follows it, or final observations.
  const valueOf = (rows: number) =>
    compile(
      ({ critic: flat, inputs }) => ({
        values: reshape(critic.apply(criticLayout.unpack(flat), inputs), [-1]),
      }),
      { critic: spec("f32", [criticLayout.size]), inputs: spec("f32", [rows, OBSERVATION]) },
    );
  const value = await valueOf(BATCH + COPIES);
  const finalValue = await valueOf(COPIES);

  // Program 3: one minibatch: forward, loss, gradient, clipping, Adam.
  const slab = spec("f32", [layout.size]);
  const row = spec("f32", [MINIBATCH]);
  const update = await compile(
    (given) => {
      const number = (at: number): Tensor =>
        reshape(slice(given.scalars, { axis: 0, start: at, end: at + 1 }), []);
      const clip = number(2 * ADAM_COEFFICIENTS);
      const clamp = (x: Tensor, low: Tensor, high: Tensor): Tensor => minimum(maximum(x, low), high);
      const objective = (flat: Tensor) => {
        const parameters = layout.unpack(flat);
        // Policy: the gradient of -E[min(r A, clip(r) A)] flows where the unclipped branch is the smaller one.
        const distribution = categoricalOf(actor.apply(parameters.actor.net, given.observations));
        const logProb = categorical.logProb(distribution, reshape(given.actions, [-1]));
        const entropy = categorical.entropy(distribution);
        const logRatio = stopGradient(sub(logProb, given.oldLogProb));
        const ratio = exp(logRatio);
        const gain = mul(ratio, given.advantage);
        const clipped = mul(clamp(ratio, sub(1, clip), add(1, clip)), given.advantage);
        const coefficient = mul(cast(lessEqual(gain, clipped), "f32"), gain);
        const policyTerm = neg(mean(mul(coefficient, logProb)));
        // Value: the gradient of E[max((V - target)^2, (V_clipped - target)^2) / 2].
        const v = reshape(critic.apply(parameters.critic, given.criticInputs), [-1]);
        const fixed = stopGradient(v);
        const error = sub(fixed, given.target);
        const held = add(given.oldValue, clamp(sub(fixed, given.oldValue), neg(clip), clip));
        const active = cast(lessEqual(abs(sub(held, given.target)), abs(error)), "f32");
        const valueTerm = mean(mul(mul(active, error), v));
        const meanEntropy = mean(entropy);
        const bonus = mul(number(2 * ADAM_COEFFICIENTS + 1), meanEntropy);
        return {
          loss: add(sub(policyTerm, bonus), mul(valueTerm, VALUE)),
          logRatio,
          value: v,
          entropy: meanEntropy,
        };
      };
      const { value: terms, gradient } = valueAndGrad(objective, { of: ({ loss }) => loss })(
        given.parameters,
      );
      const clippedGradient = clipByGlobalNorm(gradient, GRADIENT_NORM);
      const moved = optimiser.update({
        parameters: given.parameters,
        gradient: clippedGradient.gradient,
        state: { first: given.firstMoment, second: given.secondMoment },
        coefficients: slice(given.scalars, { axis: 0, start: 0, end: ADAM_COEFFICIENTS }),
      });
      // Diagnostics leave the graph too: with other outputs the runtime fuses otherwise, and last bits would differ.
      return {
        parameters: moved.parameters,
        firstMoment: moved.state.first,
        secondMoment: moved.state.second,
        logRatio: terms.logRatio,
        value: terms.value,
        entropy: reshape(terms.entropy, [1]),
        gradientNorm: reshape(clippedGradient.norm, [1]),
      };
    },
    {
      parameters: slab,
      firstMoment: slab,
      secondMoment: slab,
      scalars: spec("f32", [2 * ADAM_COEFFICIENTS + 2]),
      observations: spec("f32", [MINIBATCH, OBSERVATION]),
      actions: spec("i32", [MINIBATCH, 1]),
      oldLogProb: row,
      advantage: row,
      criticInputs: spec("f32", [MINIBATCH, OBSERVATION]),
      target: row,
      oldValue: row,
    },
  );

  // Randomness: one named stream for each purpose.
  const key = foldIn(foldIn(keyFromSeed(seed), "trainer"), "cart");
  const sampling = Generator.fromKey(foldIn(key, "sampling"));
  const shuffling = Generator.fromKey(foldIn(key, "shuffling"));
  const env = createVectorEnv(environmentDefinition("CartPole-v1"), { copies: COPIES, horizon: HORIZON });
  env.reset({ seed });

  let parameters = initialise(specs, foldIn(key, "parameters"));
  let firstMoment = new Float32Array(layout.size);
  let secondMoment = new Float32Array(layout.size);
  const actions = new Int32Array(BATCH);
  const logProbs = new Float32Array(BATCH);
  const values = new Float64Array(BATCH + COPIES);
  const nextValues = new Float64Array(BATCH);
  const advantages = new Float64Array(BATCH);
  const targets = new Float64Array(BATCH);
  const order = new Int32Array(BATCH);
  const returns: number[] = [];
  let optimiserSteps = 0;
  let logRatios = new Float32Array(MINIBATCH);

  for (let u = 0; u < updates; u += 1) {
    const [slabs] = env.slabs.groups;
    const [sent] = env.actions;
    if (slabs === undefined || sent === undefined) break;

    // Rollout: every environment goes on where it was; ended ones have started anew.
    env.beginRollout();
    for (let t = 0; t < HORIZON; t += 1) {
      const from = t * COPIES;
      const observations = slabs.observations.slice(from * OBSERVATION, (from + COPIES) * OBSERVATION);
      const { logits } = await policy.call({ actor: parameters.subarray(0, actorLayout.size), observations });
      const chosen = actions.subarray(from, from + COPIES);
      const drawn = logProbs.subarray(from, from + COPIES);
      sampleCategorical(logits as Float32Array, null, Int32Array.of(ACTIONS), sampling, chosen, drawn);
      sent.discrete.set(chosen);
      env.step(t);
    }
    env.slabs.episodeEnded.forEach((flag, i) => {
      if (flag !== 0) returns.push(env.slabs.episodeReturns[i]!);
    });

    // Values of every row; after a truncation the next value is that of the final observation.
    const criticSlab = parameters.subarray(actorLayout.size);
    const raw = (await value.call({ critic: criticSlab, inputs: slabs.observations })).values as Float32Array;
    for (let i = 0; i < values.length; i += 1) values[i] = raw[i]!;
    for (let i = 0; i < BATCH; i += 1) nextValues[i] = values[i + COPIES]!;
    const cut = [...slabs.truncated.keys()].filter(
      (i) => slabs.truncated[i] === 1 && slabs.terminated[i] === 0,
    );
    for (let first = 0; first < cut.length; first += COPIES) {
      const some = cut.slice(first, first + COPIES);
      const inputs = new Float32Array(COPIES * OBSERVATION);
      some.forEach((i, slot) => {
        const final = slabs.finalObservations.subarray(i * OBSERVATION, (i + 1) * OBSERVATION);
        inputs.set(final, slot * OBSERVATION);
      });
      const finals = (await finalValue.call({ critic: criticSlab, inputs })).values;
      some.forEach((i, slot) => {
        nextValues[i] = finals[slot]!;
      });
    }

    // Generalised advantage estimation, from the end of the rollout backwards.
    for (let b = 0; b < COPIES; b += 1) {
      let later = 0;
      for (let i = BATCH - COPIES + b; i >= 0; i -= COPIES) {
        let delta = slabs.rewards[i]! - values[i]!;
        if (slabs.terminated[i] === 0) {
          delta = slabs.rewards[i]! + GAMMA * nextValues[i]! - values[i]!;
          if (slabs.truncated[i] === 0) delta += GAMMA * LAMBDA * later;
        }
        later = delta;
        advantages[i] = delta;
        targets[i] = delta + values[i]!;
      }
    }

    // Epochs: shuffle, cut, learn.
    const learningRate = LEARNING_RATE + (0 - LEARNING_RATE) * (u / UPDATES);
    for (let i = 0; i < BATCH; i += 1) order[i] = i;
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
      shuffling.shuffle(order);
      for (let from = 0; from < BATCH; from += MINIBATCH) {
        const rows = [...order.subarray(from, from + MINIBATCH)];
        const average = rows.reduce((sum, i) => sum + advantages[i]!, 0) / MINIBATCH;
        const squares = rows.reduce(
          (sum, i) => sum + (advantages[i]! - average) * (advantages[i]! - average),
          0,
        );
        const deviation = Math.sqrt(squares / MINIBATCH) * Math.sqrt(MINIBATCH / (MINIBATCH - 1));
        const scale = 1 / (deviation + 1e-8);
        const scalars = new Float32Array(2 * ADAM_COEFFICIENTS + 2);
        optimiserSteps += 1;
        optimiser.coefficients(optimiserSteps, learningRate, scalars);
        scalars.set([CLIP, ENTROPY], 2 * ADAM_COEFFICIENTS);
        const seen = Float32Array.from(
          rows.flatMap((i) => [...slabs.observations.subarray(i * OBSERVATION, (i + 1) * OBSERVATION)]),
        );
        const next = await update.call({
          parameters,
          firstMoment,
          secondMoment,
          scalars,
          observations: seen,
          actions: Int32Array.from(rows, (i) => actions[i]!),
          oldLogProb: Float32Array.from(rows, (i) => logProbs[i]!),
          advantage: Float32Array.from(rows, (i) => (advantages[i]! - average) * scale),
          criticInputs: seen,
          target: Float32Array.from(rows, (i) => targets[i]!),
          oldValue: Float32Array.from(rows, (i) => raw[i]!),
        });
        parameters = next.parameters as Float32Array<ArrayBuffer>;
        firstMoment = next.firstMoment as Float32Array<ArrayBuffer>;
        secondMoment = next.secondMoment as Float32Array<ArrayBuffer>;
        logRatios = next.logRatio as Float32Array<ArrayBuffer>;
      }
    }
    const last = returns.slice(-100);
    const kl = logRatios.reduce((sum, l) => sum + (Math.exp(l) - 1 - l), 0) / MINIBATCH;
    report({ step: (u + 1) * BATCH, lastHundred: last.reduce((sum, one) => sum + one, 0) / last.length, kl });
  }

  for (const program of [policy, value, finalValue, update]) await program.release();
  return { parameters, returns };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const start = performance.now();
  await trainPpo(1, UPDATES, ({ step, lastHundred, kl }) => {
    if (step % (BATCH * 61) !== 0) return;
    const speed = (1000 * step) / (performance.now() - start);
    const numbers = `last 100 episodes ${lastHundred.toFixed(1)}, KL ${kl.toExponential(1)}, ${speed.toFixed(0)} steps/s`;
    process.stdout.write(`${step} steps, ${numbers}\n`);
  });
}
