/**
 * @file Trees: nested records whose leaves are tensors, shapes or arrays. Leaves are always visited in sorted key
 * order, so that a flat layout does not depend on the order in which somebody wrote a record.
 */
import { graphError } from "./issues.ts";

/** A leaf, or a record of trees. */
export type Tree<T> = T | { readonly [name: string]: Tree<T> };

/** A leaf and the dotted path to it; the path of a tree that is one leaf is empty. */
export interface Leaf<T> {
  readonly path: string;
  readonly value: T;
}

/** Tells a leaf from a record. */
export type IsLeaf<T> = (value: unknown) => value is T;

/** All leaves in sorted path order. */
export function flatten<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): Leaf<T>[] {
  const leaves: Leaf<T>[] = [];
  visit(tree, isLeaf, "", (path, value) => {
    leaves.push({ path, value });
  });
  return leaves;
}

/** A tree of the same structure with each leaf replaced. */
export function mapTree<T, U>(
  tree: Tree<T>,
  isLeaf: IsLeaf<T>,
  change: (value: T, path: string) => U,
): Tree<U> {
  return visit(tree, isLeaf, "", (path, value) => change(value, path));
}

/**
 * The tree of `structure` with its leaves taken from `values`, in sorted path order.
 * @throws GrandModelError `TREE_MISMATCH` when the numbers of leaves differ.
 */
export function unflatten<T, U>(structure: Tree<T>, isLeaf: IsLeaf<T>, values: readonly U[]): Tree<U> {
  const remaining = values.values();
  const missing = (path: string): Error =>
    graphError({
      code: "TREE_MISMATCH",
      path,
      value: values.length,
      expected: `as many values as the tree has leaves (${flatten(structure, isLeaf).length})`,
      hint: "Both trees need the same names.",
    });
  const tree = mapTree(structure, isLeaf, (_, path) => {
    const next = remaining.next();
    if (next.done === true) throw missing(path);
    return next.value;
  });
  if (remaining.next().done !== true) throw missing("");
  return tree;
}

function visit<T, U>(
  tree: Tree<T>,
  isLeaf: IsLeaf<T>,
  path: string,
  change: (path: string, value: T) => U,
): Tree<U> {
  if (isLeaf(tree)) return change(path, tree);
  if (typeof tree !== "object" || tree === null) {
    throw graphError({
      code: "TREE_MISMATCH",
      path,
      value: String(tree),
      expected: "a leaf or a record of leaves",
      hint: "Remove the entry, or give it a tensor.",
    });
  }
  const names = Object.keys(tree).sort();
  const entries = names.map((name): [string, Tree<U>] => {
    const child = tree[name] as Tree<T>;
    return [name, visit(child, isLeaf, path === "" ? name : `${path}.${name}`, change)];
  });
  return Object.fromEntries(entries);
}
