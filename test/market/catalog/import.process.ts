/** @file A process that imports one file into one catalog, for the kill test: `import.process.ts CATALOG FILE`. */
import { openCatalog } from "../../../src/market/catalog/catalog.adapter.ts";
import { importIntoCatalog } from "../../../src/market/catalog/import-file.adapter.ts";

const [, , folder, file] = process.argv;
const outcome = await importIntoCatalog(openCatalog(folder ?? ""), file ?? "");
process.stdout.write(`${outcome.kind} ${outcome.dataset.id}\n`);
