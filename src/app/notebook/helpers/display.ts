/**
 * @file How helpers reach the notebook: the kernel's own publish function, or the console outside one. An output that
 * carries its own text is never empty for a reader without pictures.
 */
import type { JsonObject, MimeBundle } from "../document/notebook.ts";

interface DenoJupyter {
  readonly broadcast: (type: string, content: JsonObject) => Promise<void>;
}

const jupyter = findJupyter();

/** `Deno.jupyter` throws outside a kernel, so asking is an attempt. */
function findJupyter(): DenoJupyter | undefined {
  try {
    const runtime = Reflect.get(globalThis, "Deno") as { readonly jupyter?: DenoJupyter } | undefined;
    return typeof runtime?.jupyter?.broadcast === "function" ? runtime.jupyter : undefined;
  } catch {
    return undefined;
  }
}

/** Deno may publish "idle" up to 1 ms before an output; 25 ms later the order is right under every client. */
const settleMs = 25;

/** Shows a bundle as an output of the running cell; prints its text outside a notebook. */
export async function publish(bundle: MimeBundle, displayId?: string): Promise<void> {
  if (jupyter === undefined) {
    const text = bundle["text/plain"];
    process.stdout.write(`${typeof text === "string" ? text : JSON.stringify(bundle)}\n`);
    return;
  }
  await jupyter.broadcast("display_data", contentOf(bundle, displayId));
  await new Promise((resolve) => setTimeout(resolve, settleMs));
}

/** Replaces what was shown under an id; nothing outside a notebook. */
export async function republish(bundle: MimeBundle, displayId: string): Promise<void> {
  await jupyter?.broadcast("update_display_data", contentOf(bundle, displayId));
}

/** True inside a kernel. */
export function inNotebook(): boolean {
  return jupyter !== undefined;
}

function contentOf(data: MimeBundle, displayId: string | undefined): JsonObject {
  return { data, metadata: {}, transient: displayId === undefined ? {} : { display_id: displayId } };
}
