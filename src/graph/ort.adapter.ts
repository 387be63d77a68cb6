/**
 * @file The one place that touches ONNX Runtime. `onnxruntime-node` is imported on first use (it costs 0.4 s).
 *
 * Its documented `session.run` wraps a synchronous native call in `setImmediate` and two promises, which costs more
 * than a small graph does. The native class behind it is exported by the package's own `dist/binding.js` with a typed
 * declaration; we use it where it has the expected form and fall back to the documented call where it has not.
 */
import { createRequire } from "node:module";
import type * as Ort from "onnxruntime-node";
import { type Dtype, type TensorArray, dtypeFacts } from "./dtype.ts";
import { graphError } from "./issues.ts";
import type { Shape } from "./shape.ts";

/** Where a graph runs. */
export type Device = "cpu" | "webgpu" | "cuda";

/** How a session is opened. */
export interface SessionOptions {
  readonly device: Device;
  /** Threads inside one operator (CPU). */
  readonly threads: number;
  /** Names of outputs that stay in device memory; they come back as tensors that only another call can read. */
  readonly keptOutputs?: readonly string[];
  /** `native` calls the binding's class directly, `documented` goes through `InferenceSession.run`; for tests. */
  readonly path?: "native" | "documented";
}

/** A tensor of ONNX Runtime over one of our arrays, or in device memory. */
export type RuntimeTensor = Ort.Tensor;
export type RuntimeTensors = Readonly<Record<string, RuntimeTensor>>;

/** Where outputs go; null makes a new tensor. */
export type Fetches = Readonly<Record<string, RuntimeTensor | null>>;

/** An open session. */
export interface Session {
  /** Runs once: outputs given as tensors are written, those given as null are made. */
  run(feeds: RuntimeTensors, fetches: Fetches): Promise<RuntimeTensors>;
  /** A call over fixed tensors: reads `feeds`, writes `fetches`; a promise only where the runtime is asynchronous. */
  bind(feeds: RuntimeTensors, fetches: RuntimeTensors): () => Promise<void> | undefined;
  release(): Promise<void>;
}

let loading: Promise<typeof Ort> | undefined;

/** The runtime's module, imported once. */
async function runtime(): Promise<typeof Ort> {
  loading ??= import("onnxruntime-node").then((ort) => {
    // What it would print is thrown as well, and our errors carry it.
    ort.env.logLevel = "fatal";
    return ort;
  });
  return loading;
}

/** The native session class: what `dist/binding.d.ts` of onnxruntime-node 1.30 declares. */
interface NativeSession {
  loadModel(buffer: ArrayBuffer, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: RuntimeTensors, fetches: Fetches, options: object): RuntimeTensors;
  dispose(): void;
}

interface NativeBinding {
  readonly binding: { readonly InferenceSession: new () => NativeSession };
  readonly initOrt: () => void;
}

/** The native classes, or nothing where the package is laid out differently. */
function nativeBinding(): NativeBinding | undefined {
  try {
    const found: unknown = createRequire(import.meta.url)("onnxruntime-node/dist/binding.js");
    return isNativeBinding(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isNativeBinding(value: unknown): value is NativeBinding {
  if (typeof value !== "object" || value === null || !("binding" in value) || !("initOrt" in value))
    return false;
  const { binding, initOrt } = value;
  if (typeof initOrt !== "function" || typeof binding !== "object" || binding === null) return false;
  if (!("InferenceSession" in binding) || typeof binding.InferenceSession !== "function") return false;
  const prototype: unknown = binding.InferenceSession.prototype;
  return ["loadModel", "run", "dispose"].every(
    (name) => typeof (prototype as Record<string, unknown>)[name] === "function",
  );
}

/**
 * Options of ONNX Runtime: one stream of operators, all graph optimisations. `set_denormal_as_zero` stays off: it
 * changes the floating-point mode of the whole JavaScript thread and never restores it.
 */
function runtimeOptions({
  device,
  threads,
  keptOutputs = [],
}: SessionOptions): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...(device === "cpu" || keptOutputs.length === 0
      ? {}
      : {
          preferredOutputLocation: Object.fromEntries(
            keptOutputs.map((name) => [name, "gpu-buffer" as const]),
          ),
        }),
    extra: {
      // Its fused sum and layer normalisation takes three times as long as the two operators apart.
      optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
      session: { set_denormal_as_zero: "1", intra_op: { allow_spinning: threads === 1 ? "0" : "1" } },
    },
  };
}

/**
 * Loads a model.
 * @throws GrandModelError `DEVICE_UNAVAILABLE` when the device cannot be opened, `RUNTIME_FAILED` when the model is refused.
 */
export async function openSession(model: Uint8Array<ArrayBuffer>, options: SessionOptions): Promise<Session> {
  const ort = await runtime();
  const native = options.path === "documented" ? undefined : nativeBinding();
  const settings = runtimeOptions(options);
  try {
    return native === undefined
      ? documentedSession(await ort.InferenceSession.create(model, settings))
      : nativeSession(native, model, settings);
  } catch (cause) {
    throw openingError(options.device, cause);
  }
}

function openingError(device: Device, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (device === "cpu") {
    return graphError(
      {
        code: "RUNTIME_FAILED",
        value: reason,
        expected: "a model that ONNX Runtime can load",
        hint: "The message names the operator; an f64 form may be missing.",
      },
      cause,
    );
  }
  return graphError(
    {
      code: "DEVICE_UNAVAILABLE",
      path: device,
      value: reason,
      expected: `a ${device} device that ONNX Runtime can open`,
      hint:
        device === "webgpu"
          ? 'Install a Vulkan driver, or use device: "cpu".'
          : 'Run onnxruntime-node\'s install script for CUDA, or use device: "cpu".',
    },
    cause,
  );
}

function nativeSession(native: NativeBinding, model: Uint8Array<ArrayBuffer>, settings: object): Session {
  native.initOrt();
  const session = new native.binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, settings);
  const noOptions = {};
  return {
    // The native call throws; async turns that into a rejection.
    async run(feeds, fetches) {
      return session.run(feeds, fetches, noOptions);
    },
    bind(feeds, fetches) {
      return () => {
        session.run(feeds, fetches, noOptions);
        return undefined;
      };
    },
    async release() {
      session.dispose();
    },
  };
}

function documentedSession(session: Ort.InferenceSession): Session {
  return {
    run: async (feeds, fetches) => session.run(feeds, fetches),
    bind: (feeds, fetches) => async () => {
      await session.run(feeds, fetches);
    },
    release: async () => session.release(),
  };
}

/** Makes a runtime tensor over an array; nothing is copied. */
export type MakeTensor = (dtype: Dtype, data: TensorArray, shape: Shape) => RuntimeTensor;

/** The maker, once the runtime is loaded. */
export async function tensorFactory(): Promise<MakeTensor> {
  const { Tensor } = await runtime();
  return (dtype, data, shape) =>
    new Tensor(dtypeFacts[dtype].ort as "float32", data as Float32Array, [...shape]);
}
