/**
 * @file Copies of plain state: objects with their classes, arrays, typed arrays, maps; shared and cyclic references
 * stay shared. Frozen objects are values and are not copied.
 */

/** A copy that shares nothing mutable with `value`. Functions are not state and are refused by the type. */
export function cloneState<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, object>): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (ArrayBuffer.isView(value)) return copyView(value, seen);
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    seen.set(value, list);
    for (const item of value) list.push(copy(item, seen));
    return list;
  }
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    seen.set(value, map);
    for (const [key, item] of value) map.set(copy(key, seen), copy(item, seen));
    return map;
  }
  const made = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
  seen.set(value, made);
  for (const [key, item] of Object.entries(value)) made[key] = copy(item, seen);
  return made;
}

function copyView(view: ArrayBufferView, seen: Map<object, object>): object {
  const made = (view as Float64Array).slice();
  seen.set(view, made);
  return made;
}
