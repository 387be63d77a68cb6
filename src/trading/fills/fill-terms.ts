/** @file Terms of one fill of an order: adverse ticks, size, and whether the account can carry it. */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { adverseTicks } from "../costs/cost-model.ts";
import { temporaryImpact } from "../costs/impact.ts";
import type { Order } from "../orders/order.ts";
import type { FillDesk } from "./book-fill.ts";
import { wholeAdverseTicks } from "./fill-law.kernel.ts";
import type { FillRules } from "./fill-rules.ts";
import type { FillWish } from "./matcher.ts";
import { fractionUnits } from "./sizing.ts";

/** Whole adverse ticks of a fill in bar `bar`: spread, slippage, impact, and what elder slices left in the price. */
export function adverseOf(
  desk: FillDesk & { readonly rules: FillRules },
  wish: FillWish,
  bar: number,
): number {
  if (wish.crossing === "limit") return 0;
  const { costs, bars, rules } = desk;
  const { order } = wish;
  const impact =
    costs.impact === undefined ? 0 : temporaryImpact(costs.impact, order.remaining) * Math.abs(wish.ticks);
  const ratio = bars.rangeRatio[bar] ?? 1;
  const crossing = adverseTicks(costs, wish.crossing, ratio);
  // Only what slips is drawn; the spread is there for everyone.
  const drawn =
    rules.stochasticCosts === undefined
      ? 0
      : adverseTicks(costs, "stop", ratio) * (slipFactor(rules.stochasticCosts.seed, order.id, bar) - 1);
  return wholeAdverseTicks(crossing + drawn + costs.multiplier * (impact + order.draft.scheduleTicks));
}

/** Exponential with mean 1, from the seed, the order and the bar alone. */
function slipFactor(seed: number, order: number, bar: number): number {
  const key = foldIn(foldIn(keyFromSeed(seed), order), bar);
  return -Math.log(1 - Generator.fromKey(key).uniform(0, 1));
}

/** Units of an order whose size is a share of free margin, at the price of its first fill. */
export function unitsOf(desk: FillDesk, order: Order, ticks: number, bar: number): number {
  const { size, side } = order.draft;
  if (size.kind !== "fraction") return 0;
  const { account, contract, costs, bars } = desk;
  const free = account.freeMargin(contract, ticks, bars.source.session[bar] ?? 0);
  const leverage = account.margin.kind === "leverage" ? account.margin.leverage : 1;
  return fractionUnits(size, free * leverage, { contract: bars.contract, costs, ticks, side });
}

/** Whether free margin covers `opening` units, once the `closable` ones that the same fill closes are free again. */
export function affords(
  desk: FillDesk,
  fill: { readonly opening: number; readonly closable: number; readonly ticks: number; readonly bar: number },
): boolean {
  const { account, contract, bars } = desk;
  if (account.margin.kind === "none") return true;
  const tradeDate = bars.source.session[fill.bar] ?? 0;
  const perUnit = account.marginPerUnit(contract, fill.ticks, tradeDate);
  const free = account.freeMargin(contract, fill.ticks, tradeDate) + fill.closable * perUnit;
  return fill.opening * perUnit <= free;
}
