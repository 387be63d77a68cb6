/** @file `grandmodel data import|inspect|list|resample|synth|export`: files into the catalog, reports, and what is made of them. */
import type { Command } from "commander";
import { addGroup } from "../command.ts";
import { addDataExport } from "./data/export.ts";
import { addDataImport } from "./data/import.ts";
import { addDataInspect } from "./data/inspect.ts";
import { addDataList } from "./data/list.ts";
import { addDataResample } from "./data/resample.ts";
import { addDataSynth } from "./data/synth.ts";

/** Adds the group `data`. */
export function addData(program: Command): void {
  const group = addGroup(program, "data", "Import, inspect, resample, generate and export bars");
  addDataImport(group);
  addDataInspect(group);
  addDataList(group);
  addDataResample(group);
  addDataSynth(group);
  addDataExport(group);
}
