/** @file Contract arithmetic against the golden cases, and the faults that only contracts and headers can have. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { importBytes } from "../../src/market/import/import-bars.ts";
import type { ImportOptions } from "../../src/market/import/import-options.ts";
import {
  contractSpec,
  type ContractSpec,
  instruments,
  isOnGrid,
  priceTicks,
  tickPrice,
  tickValueUsd,
} from "../../src/market/instruments.ts";
import { lastTradingDay } from "../../src/market/calendar/expiry.ts";

describe("contracts", () => {
  test("ticks and values are those of the golden cases", () => {
    const at = (symbol: string): readonly number[] => {
      const spec = contractSpec(symbol);
      return [tickValueUsd(spec), 22_736 * spec.pointValueUsd, priceTicks(spec, 22_736)];
    };
    expect(at("NQ")).toEqual([5, 454_720, 90_944]);
    expect(at("MNQ")).toEqual([0.5, 45_472, 90_944]);
    expect(tickValueUsd(contractSpec("ES"))).toBe(12.5);
    expect(tickValueUsd(contractSpec("CL"))).toBe(10);
  });

  test("a price off the grid is refused, a whole tick comes back as the price that was written", () => {
    expect(() => priceTicks(contractSpec("NQ"), 15_000.1)).toThrow(/OFF_TICK NQ.*0\.25/);
    fc.assert(
      fc.property(fc.constantFrom("NQ", "CL"), fc.integer({ min: 1, max: 2_000_000 }), (symbol, ticks) => {
        const spec = contractSpec(symbol);
        const price = Number((ticks * spec.tickSize).toFixed(2));
        expect(isOnGrid(spec, price)).toBe(true);
        expect(tickPrice(spec, priceTicks(spec, price))).toBe(price);
      }),
    );
  });

  test("there is no default instrument, also under names that objects have", () => {
    expect(() => contractSpec("ZW")).toThrow(/INSTRUMENT_UNKNOWN .*NQ, MNQ, ES, MES, CL/);
    expect(() => contractSpec("constructor")).toThrow(/INSTRUMENT_UNKNOWN/);
    const spot: ContractSpec = { ...contractSpec("NQ"), symbol: "SPOT", expiryRule: "none" };
    expect(() => lastTradingDay(spot, 2025, 6)).toThrow(/INSTRUMENT_UNKNOWN SPOT/);
  });

  test("a new instrument is data: grid, sessions and import follow it", () => {
    const spec: ContractSpec = {
      ...contractSpec("NQ"),
      symbol: "GOLDISH",
      tickSize: 0.1,
      pointValueUsd: 100,
    };
    expect(contractSpec("GOLDISH", { ...instruments, GOLDISH: spec })).toBe(spec);
    const text =
      "time,open,high,low,close,volume\n2025-03-04T15:00:00Z,100.1,100.3,100.05,100.2,5\n2025-03-04T15:05:00Z,100.2,100.3,100.1,100.2,5\n";
    const { bars } = importBytes(new TextEncoder().encode(text), "x.csv", "", { spec, preset: "default" });
    expect([bars.symbol, bars.flags[0]! & 512, bars.flags[1]! & 512]).toEqual(["GOLDISH", 512, 0]);
  });
});

describe("faults of files", () => {
  const load = (text: string, options: ImportOptions = {}): unknown =>
    importBytes(new TextEncoder().encode(text), "x.csv", "", options);
  const row = (time: string): string => `${time},100,101,99,100,5\n`;
  const header = "time,open,high,low,close,volume\n";

  test.each([
    ["COLUMN_DUPLICATE", "time,open,high,low,close,volume,vol\n1733184000,1,1,1,1,1,1\n", {}],
    ["COLUMN_DUPLICATE", "time,open,high,low,close,last\n1733184000,1,1,1,1,1\n", {}],
    ["DATE_ORDER_UNKNOWN", header + row("01/02/2024 10:00") + row("01/02/2024 10:30"), { zone: "UTC" }],
    ["MIXED_DATE_ORDER", header + row("13/02/2024 10:00") + row("02/14/2024 10:30"), { zone: "UTC" }],
    [
      "DUPLICATE_TIME",
      header + ["00", "05", "05", "05", "10", "15"].map((m) => row(`2024-02-01T10:${m}:00Z`)).join(""),
      {},
    ],
    [
      "NOT_MONOTONIC",
      header +
        ["10:00", "10:05", "10:10", "10:15", "09:50", "09:55", "10:20"]
          .map((m) => row(`2024-02-01T${m}:00Z`))
          .join(""),
      {},
    ],
    ["INTERVAL_MISMATCH", header + row("2024-02-01T10:00:00Z"), {}],
    [
      "INTERVAL_MISMATCH",
      header + row("2024-02-01T10:00:00Z") + row("2024-02-01T10:05:00Z"),
      { intervalMs: 60_000 },
    ],
    ["TOO_SHORT", header, {}],
    ["TOO_SHORT", "", {}],
    ["ZONE_UNKNOWN", header + row("2024-02-01 10:00:00") + row("2024-02-01 10:05:00"), {}],
    ["REJECTED_ROWS", header + row("2024-02-01T10:00:00Z") + "2024-02-01T10:05:00Z,1,2,3,nan,5\n", {}],
    ["HEADER_UNKNOWN", "a,b,c,d,e,f\n1,2,3,4,5,6\n", {}],
    ["HEADER_UNKNOWN", header + row("2024-02-01T10:00:00Z"), { preset: "nobody" }],
    [
      "NOT_BARS",
      "ts_event,rtype,open,high,low,close,volume,symbol\n1700000000000000000,33,1,1,1,1,1,NQH4\n1700000060000000000,33,1,1,1,1,1,NQM4\n",
      {},
    ],
    ["FILE_FORMAT", "time,open\0,high\n", {}],
  ] as const)("%s", (code, text, options) => {
    expect(() => load(text, options)).toThrow(new RegExp(`^${code} `));
  });

  const patient = { mode: "quarantine", maxRejected: 0.5, plausibleGapMs: 1e10 } as const;

  test("monotonicity decides dates that have no component above 12", () => {
    // Day-first these run from 2 January to 2 March; month-first they would run back from 3 February to 4 January... and on.
    const days = ["2/1/2024", "3/1/2024", "4/1/2024", "1/2/2024", "2/2/2024", "1/3/2024"];
    const text = header + days.map((day) => row(`${day} 10:00`)).join("");
    const { account } = load(text, { zone: "UTC", policy: patient }) as ReturnType<typeof importBytes>;
    expect(account.reading.dateOrder).toMatchObject({ order: "day-first", source: "monotonicity" });
    const american = days.map((day) => day.split("/")).map(([d, m, y]) => `${m}/${d}/${y}`);
    const other = load(header + american.map((day) => row(`${day} 10:00`)).join(""), {
      zone: "UTC",
      policy: patient,
    }) as ReturnType<typeof importBytes>;
    expect(other.account.reading.dateOrder).toMatchObject({ order: "month-first", source: "monotonicity" });
    expect(other.bars.t).toEqual(
      (load(text, { zone: "UTC", policy: patient }) as ReturnType<typeof importBytes>).bars.t,
    );
  });

  test("the spring gap rejects its row and the autumn hour keeps time rising", () => {
    const spring = ["01:00", "01:30", "02:30", "03:00", "03:30"]
      .map((time) => row(`2025-03-09 ${time}`))
      .join("");
    const options: ImportOptions = {
      zone: "America/New_York",
      intervalMs: 1_800_000,
      policy: patient,
    };
    const { bars, account } = load(header + spring, options) as ReturnType<typeof importBytes>;
    expect([bars.length, account.quarantine.byReason.OFF_CLOCK]).toEqual([4, 1]);
    const autumn = ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]
      .map((time) => row(`2025-11-02 ${time}`))
      .join("");
    const fall = load(header + autumn, options) as ReturnType<typeof importBytes>;
    expect(fall.bars.length).toBe(6);
    expect([...fall.bars.t].map((t, i, all) => (i === 0 ? 0 : t - all[i - 1]!)).slice(1)).toEqual(
      Array(5).fill(1_800_000),
    );
  });

  test("end stamps move back by one bar, found from the session break when nobody says so", () => {
    const times: string[] = [];
    for (let day = 2; day < 6; day++) {
      for (let k = 0; k < 46; k++) {
        const open = Date.UTC(2025, 5, day, 22) + k * 1_800_000;
        times.push(new Date(open + 1_800_000).toISOString());
      }
    }
    const { bars, account } = load(header + times.map(row).join(""), { symbol: "NQ" }) as ReturnType<
      typeof importBytes
    >;
    expect(account.reading.stamp).toEqual({ value: "end", source: "session break" });
    expect(new Date(bars.t[0]!).toISOString()).toBe("2025-06-02T22:00:00.000Z");
  });
});
