/** @file Datasets made of others: resampled, bridged, synthetic; each with its origin and its label. */
import { hashJson } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { contractSpec } from "../instruments.ts";
import { resampleBars } from "../resample.ts";
import { bridgeBars } from "../synthetic/bridge.ts";
import { generateMarket, type SyntheticOptions } from "../synthetic/generator.ts";
import { prepareBars } from "../quality/prepare.ts";
import { readBars } from "./bar-parquet.adapter.ts";
import type { Catalog, StoreProgress } from "./catalog.adapter.ts";
import type { DatasetManifest } from "./manifest.ts";

/** Stores longer bars of a dataset. @throws GrandModelError `INTERVAL_MISMATCH`. */
export async function storeResampled(
  catalog: Catalog,
  from: DatasetManifest,
  intervalMs: number,
  progress?: StoreProgress,
): Promise<DatasetManifest> {
  const { bars } = resampleBars(await readBars(catalog, from), intervalMs);
  const source = { kind: "resampled" as const, from: from.id, sha256: from.source.sha256 };
  return catalog.store(bars, { source, options: { from: from.id, intervalMs } }, progress);
}

/** Stores the five-minute bridge of a half-hour dataset, labelled `bridged`. */
export async function storeBridged(
  catalog: Catalog,
  from: DatasetManifest,
  seed: number,
  progress?: StoreProgress,
): Promise<DatasetManifest> {
  const bars = bridgeBars(await readBars(catalog, from), seed, contractSpec(from.symbol));
  const source = { kind: "bridged" as const, from: from.id, sha256: from.source.sha256 };
  return catalog.store(bars, { source, options: { from: from.id, seed } }, progress);
}

/** Generates and stores a synthetic market, labelled `synthetic`. */
export async function storeSynthetic(
  catalog: Catalog,
  options: SyntheticOptions,
  progress?: StoreProgress,
): Promise<DatasetManifest> {
  const market = generateMarket(options);
  const { bars } = prepareBars(market.bars, { rolls: market.rolls });
  const plain = JSON.parse(JSON.stringify(options)) as { readonly [key: string]: Json };
  const source = { kind: "synthetic" as const, options: JSON.stringify(plain), sha256: hashJson(plain) };
  return catalog.store(bars, { source, options: plain }, progress);
}
