/**
 * @file Money as integers: 1 USD = 1e8 micro-cents. Floating point appears only when a statistic is made of it.
 * Invariant: every amount is a safe integer, so that sums are exact and their order does not matter.
 */
import { tradingError } from "./issues.ts";

export const MICRO_CENTS_PER_USD = 100_000_000;

/**
 * The whole micro-cents nearest to an amount in USD.
 * @throws GrandModelError `MONEY_OVERFLOW` beyond 2^53 micro-cents, about 90 million USD.
 */
export function microCents(amountUsd: number): number {
  return checkedMoney(Math.round(amountUsd * MICRO_CENTS_PER_USD));
}

/** USD of an amount in micro-cents: correctly rounded, because 1e8 is exact. */
export function toUsd(amountMicroCents: number): number {
  return amountMicroCents / MICRO_CENTS_PER_USD;
}

/** @throws GrandModelError `MONEY_OVERFLOW` when the amount is not a safe integer. */
export function checkedMoney(amountMicroCents: number): number {
  if (Number.isSafeInteger(amountMicroCents)) return amountMicroCents;
  throw tradingError({
    code: "MONEY_OVERFLOW",
    value: String(amountMicroCents),
    expected: "an amount within 2^53 micro-cents (90 million USD)",
    hint: "Trade fewer contracts or split the account: exact integer money ends here.",
  });
}
