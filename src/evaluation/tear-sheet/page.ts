/**
 * @file The tear sheet as one self-contained HTML page: no script, no network, readable on a phone, prints. Every number
 * comes from `TearSheet`, which is embedded as JSON; formulas are folded away below their table, where a finger and a keyboard reach them.
 */
import { catalogue } from "../report/catalogue.ts";
import type { TearSheet } from "../report/tear-sheet.ts";
import { chart, type Layer } from "./chart.ts";
import { escapeHtml } from "./escape.ts";
import { style } from "./style.ts";

const tones = ["var(--orange)", "var(--green)", "var(--grey)", "var(--red)", "#8250df", "#0a7ea4"];

/** The whole page. */
export function tearSheetPage(sheet: TearSheet): string {
  const json = JSON.stringify(sheet).replaceAll("<", "\\u003c");
  const title = `${sheet.strategy} on ${sheet.instruments.join(", ")}`;
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>`,
    heading(sheet, title),
    gates(sheet),
    assumptions(sheet),
    equityCharts(sheet),
    monthlyTable(sheet),
    metricTable(sheet),
    baselineTable(sheet),
    costTables(sheet),
    sliceTable(sheet),
    tradeTables(sheet),
    underwaterTable(sheet),
    `</main><script type="application/json" id="report">${json}</script></body></html>`,
  ].join("\n");
}

function heading(sheet: TearSheet, title: string): string {
  const net = sheet.metrics["cumulativeReturn"];
  const interval =
    net?.interval === undefined
      ? ""
      : ` (95 % ${percent(net.interval.low)} to ${percent(net.interval.high)})`;
  const best = [...sheet.baselines].sort((a, b) => b.netUsd - a.netUsd)[0];
  const against = best === undefined ? "" : ` Best baseline: ${best.name}, ${usd(best.netUsd)}.`;
  const { identity } = sheet;
  return `<header><h1>${escapeHtml(title)}</h1>
<p><span class="badge">${sheet.dataSource === "real" ? "real bars" : `${sheet.dataSource.toUpperCase()} BARS: no performance claim`}</span>
${date(sheet.period.from)} to ${date(sheet.period.to)}, ${sheet.period.days} days, ${count(sheet.period.bars)} bars, capital ${usd(sheet.capitalUsd)}</p>
<p class="verdict">Net result <b>${usd(sheet.netUsd)}</b> after costs, ${percent(net?.value ?? null)}${interval}.${escapeHtml(against)}</p>
<details><summary>Where this comes from</summary><p class="soft">code <code>${escapeHtml(identity.codeVersion)}</code> · config <code>${escapeHtml(identity.configHash)}</code> · data <code>${sheet.dataHashes.map(escapeHtml).join(", ")}</code> · trades <code>${escapeHtml(identity.tradeHash)}</code> · ${escapeHtml(identity.date)}</p>
<p>Make it again: <code>${escapeHtml(identity.command)}</code></p></details></header>`;
}

function gates({ gates: all }: TearSheet): string {
  const items = all.map(
    (gate) =>
      `<li class="${gate.state}"><b>${escapeHtml(gate.label)}</b><br>${escapeHtml(gate.found)}<br><span class="soft">needs ${escapeHtml(gate.limit)}</span></li>`,
  );
  return `<section><h2>Gates</h2><ul class="gates">${items.join("")}</ul></section>`;
}

function assumptions({ identity }: TearSheet): string {
  const rows = identity.assumptions.map(({ subject, value }) => [escapeHtml(subject), escapeHtml(value)]);
  return `<section><h2>Assumptions</h2><details><summary>${rows.length} rules under which this was simulated</summary>${table(["subject", "assumption"], rows)}</details></section>`;
}

function equityCharts(sheet: TearSheet): string {
  const { daily } = sheet;
  const dates = daily.date;
  const baselines = sheet.baselines.map((row, i): Layer => ({
    kind: "line",
    label: row.name,
    values: row.equity,
    tone: tones[i % tones.length] ?? "",
  }));
  const equity = chart({
    title: "Equity",
    unit: "USD",
    dates,
    format: (value) => count(Math.round(value)),
    layers: [
      ...baselines,
      { kind: "line", label: sheet.strategy, values: daily.equity, tone: "var(--blue)" },
    ],
  });
  const drawdown = chart({
    title: "Drawdown",
    unit: "% below the peak",
    dates,
    height: 140,
    format: (value) => percent(value),
    layers: [
      { kind: "area", label: "drawdown", values: daily.drawdown.map((value) => -value), tone: "var(--red)" },
    ],
  });
  const rolling = chart({
    title: "Rolling Sharpe ratio, 126 days",
    unit: "Sharpe ratio with 95 % band (standard error under normal returns)",
    dates,
    height: 160,
    format: (value) => value.toFixed(1),
    layers: [
      {
        kind: "band",
        label: "95 % band",
        low: daily.rollingLow,
        high: daily.rollingHigh,
        tone: "var(--blue)",
      },
      { kind: "line", label: "Sharpe ratio, 126 days", values: daily.rollingSharpe, tone: "var(--blue)" },
    ],
  });
  return `<section><h2>Equity, drawdown, trades</h2>${equity}${drawdown}${rolling}${priceChart(sheet)}</section>`;
}

function priceChart({ daily, tradeMarks, instruments }: TearSheet): string {
  if (daily.close.length === 0) return `<p class="soft">Published without prices: no chart of entries.</p>`;
  const indexOf = new Map(daily.date.map((day, i) => [day, i]));
  const points = tradeMarks.flatMap((mark) => {
    const index = indexOf.get(mark.date);
    return index === undefined ? [] : [{ index, value: mark.price, up: mark.side > 0 }];
  });
  return chart({
    title: `Daily closes of ${instruments.join(", ")} with entries`,
    unit: "price, unadjusted",
    dates: daily.date,
    format: (value) => count(Math.round(value)),
    layers: [
      { kind: "line", label: "close", values: daily.close, tone: "var(--grey)" },
      { kind: "marks", label: "entries: up long, down short", points },
    ],
  });
}

function monthlyTable({ monthly }: TearSheet): string {
  const years = [...new Set(monthly.map(({ month }) => Math.floor(month / 100)))];
  const at = new Map(monthly.map(({ month, value }) => [month, value]));
  const rows = years.map((year) => {
    const months = Array.from({ length: 12 }, (_, i) => at.get(year * 100 + i + 1));
    const total = months.reduce<number>((growth, value) => growth * (1 + (value ?? 0)), 1) - 1;
    return [
      String(year),
      ...months.map((value) => (value === undefined ? "" : signed(value))),
      signed(total),
    ];
  });
  const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  return `<section><h2>Months</h2>${table(["year", ...names, "year"], rows)}</section>`;
}

function metricTable(sheet: TearSheet): string {
  const rows = catalogue.map((entry) => {
    const metric = sheet.metrics[entry.key];
    const show = (value: number | null): string =>
      value === null
        ? `n/a (${metric?.reason ?? ""})`
        : entry.unit === "share"
          ? percent(value)
          : value.toFixed(2);
    const interval =
      metric?.interval === undefined ? "" : `${show(metric.interval.low)} to ${show(metric.interval.high)}`;
    return [escapeHtml(entry.label), show(metric?.value ?? null), interval, entry.convention];
  });
  const more = [
    [
      "Probability that the true Sharpe ratio is above 0 (PSR)",
      sheet.probabilisticSharpe?.toFixed(3) ?? "n/a",
      "",
      "arithmetic",
    ],
    ["Time in market", percent(sheet.exposure), "", ""],
    ["Turnover, units per day", sheet.turnoverPerDay.toFixed(2), "", ""],
  ];
  const formulas = catalogue.map((entry): readonly [string, string] => {
    const metric = sheet.metrics[entry.key];
    return [entry.label, `${entry.formula}; n = ${metric?.n ?? 0}, P = ${metric?.periodsPerYear ?? 0}`];
  });
  return `<section><h2>Statistics of daily returns</h2>${table(["statistic", "value", "95 % interval (stationary bootstrap)", "convention"], [...rows, ...more])}${definitions("How each is computed", formulas)}</section>`;
}

function baselineTable({ baselines, randomEntries }: TearSheet): string {
  const rows = baselines.map((row) => [
    escapeHtml(row.name),
    usd(row.netUsd),
    row.sharpe?.toFixed(2) ?? "n/a",
    percent(row.maxDrawdown),
    count(row.trades),
    `${percent(row.difference)} [${percent(row.low)}, ${percent(row.high)}]`,
    row.probabilityBetter.toFixed(2),
  ]);
  const random =
    randomEntries === null
      ? ""
      : `<p>Against ${count(randomEntries.draws)} random strategies with the same turnover and holding times: percentile <b>${percent(randomEntries.percentile)}</b>.</p>`;
  return `<section><h2>Against baselines</h2>${table(["baseline", "net", "Sharpe", "max drawdown", "trades", "annual return: strategy minus baseline, 95 %", "P(better)"], rows)}${definitions(
    "What each baseline does",
    baselines.map((row): readonly [string, string] => [row.name, row.description]),
  )}${random}</section>`;
}

function costTables({ costs, costRuns }: TearSheet): string {
  const parts = [
    ["Result before costs", usd(costs.grossUsd)],
    ["Commission", usd(-costs.commissionUsd)],
    ["Spread and slippage", usd(-costs.slippageUsd)],
    ["Net result of closed trades", usd(costs.netUsd)],
    ["Costs per trade", usd(costs.costPerTradeUsd)],
    ["Break-even costs per trade", usd(costs.breakEvenCostPerTradeUsd)],
    ["Mean slippage per fill, ticks", number(costs.meanSlippageTicks)],
    ["Mean entry shortfall against the decision's close, ticks", number(costs.meanEntryShortfallTicks)],
  ];
  const sensitivity = costRuns.map((run) => [
    `x ${run.multiplier}`,
    usd(run.netUsd),
    run.sharpe?.toFixed(2) ?? "n/a",
  ]);
  return `<section><h2>Costs</h2>${table(["part", "USD"], parts)}${table(["costs", "net", "Sharpe"], sensitivity)}</section>`;
}

function sliceTable({ slices }: TearSheet): string {
  const rows = slices.map((slice) => [
    escapeHtml(slice.division),
    escapeHtml(slice.label),
    count(slice.bars),
    usd(slice.netUsd),
    slice.sharpe?.toFixed(2) ?? "n/a",
    count(slice.trades),
    percent(slice.winRate),
  ]);
  const note =
    "Volatility and trend of a day are those of the 20 days before it; each division adds up to the net result.";
  return `<section><h2>Stress by market state</h2><p class="soft">${note}</p>${table(["division", "slice", "bars", "net", "Sharpe of its days", "trades", "win rate"], rows)}</section>`;
}

function tradeTables({ trades, excursions }: TearSheet): string {
  if (trades === null || excursions === null)
    return `<section><h2>Trades</h2><p>No trade was made.</p></section>`;
  const rows = [
    ["Trades", `${count(trades.trades)}${trades.reason === undefined ? "" : ` (${trades.reason})`}`],
    ["Win rate", percent(trades.winRate)],
    ["Profit factor", number(trades.profitFactor)],
    ["Payoff: mean win / mean loss", number(trades.payoff)],
    ["Expectancy", percent(trades.expectancy, 3)],
    ["Best, worst", `${percent(trades.best)}, ${percent(trades.worst)}`],
    ["System quality number", number(trades.systemQuality)],
    ["Kelly fraction", number(trades.kelly)],
    [
      "Median best and worst excursion, ticks",
      `${number(excursions.medianMfeTicks)}, ${number(excursions.medianMaeTicks)}`,
    ],
    ["Share of the best excursion kept", number(excursions.captureOfBest)],
    [
      "Holding time, bars: mean, median",
      `${number(excursions.meanHoldingBars)}, ${number(excursions.medianHoldingBars)}`,
    ],
  ];
  return `<section><h2>Trades</h2>${table(["statistic", "value"], rows)}</section>`;
}

function underwaterTable({ underwater, daily }: TearSheet): string {
  const rows = underwater.map((episode) => [
    percent(-episode.peak),
    date(daily.date[episode.startIndex] ?? 0),
    episode.recovered ? date(daily.date[episode.endIndex] ?? 0) : "not yet",
    count(episode.duration),
  ]);
  return `<section><h2>Deepest drawdowns</h2>${table(["depth", "from", "recovered", "days"], rows)}</section>`;
}

/** Terms and what they mean, folded away; a title alone would reach neither a finger nor a keyboard. */
function definitions(summary: string, items: readonly (readonly [string, string])[]): string {
  const list = items
    .map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`)
    .join("");
  return `<details><summary>${escapeHtml(summary)}</summary><dl>${list}</dl></details>`;
}

/** A table in a scrolling box; cells are HTML already. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
  // Reached by the keyboard, because it may scroll.
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(header.filter((cell) => cell !== "").join(", "))}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function percent(value: number | null, digits = 1): string {
  return value === null || !Number.isFinite(value) ? "n/a" : `${(100 * value).toFixed(digits)} %`;
}

function signed(value: number): string {
  return `<span class="${value < 0 ? "loss" : "gain"}">${value < 0 ? "" : "+"}${(100 * value).toFixed(1)}</span>`;
}

function usd(value: number): string {
  return Number.isFinite(value)
    ? `${value < 0 ? "-" : ""}${count(Math.abs(Math.round(value * 100) / 100))} USD`
    : "n/a";
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "n/a";
}

/** Thousands separated by a thin space; same text on every host. */
function count(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f") + (fraction === undefined ? "" : `.${fraction}`);
}

function date(day: number): string {
  const text = String(day);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}
