/** @file Lowering: marks of differentiation vanish, and operators that ONNX Runtime lacks for a dtype are written out. */
import { markOperator, stopOperator } from "../autodiff.ts";
import { customGradientName } from "../custom-gradient.ts";
import { erfOperator, geluOperator, softplusOperator } from "../ops/elementwise.ts";
import type { Rule, Rules } from "./rewrite.ts";

const passThrough: Rule = ({ inputs: [x] }) => x;
const valuesOnly: Rule = ({ inputs, outputs }) => inputs.slice(0, outputs.length);
const writeOut: Rule = (node) => node.operator.expand?.(node);

/** Needed for a graph to run at all. */
export const loweringRules: Rules = {
  [markOperator.name]: [passThrough],
  [stopOperator.name]: [passThrough],
  [customGradientName]: [valuesOnly],
  [erfOperator.name]: [writeOut],
  [geluOperator.name]: [writeOut],
  [softplusOperator.name]: [writeOut],
};
