/** @file Scopes: the names of layers inside each other, joined, over whatever a graph makes of weights. */
import type { Tensor } from "../tensor/index.ts";
import type { Initialiser } from "./initialisers.ts";
import type { Scope, Size } from "./layer.ts";

/** What weights are in a graph, by their whole names: "2 conv2d/kernel". */
export interface ScopeParts {
  readonly training: boolean;
  /** Whether everything at a place is frozen, by its whole name: it acts there as after training. Default nothing is. */
  isFrozen?(path: string): boolean;
  weight(name: string, shape: Size, initialiser: Initialiser): Tensor;
  kept(name: string, shape: Size, start: number): Tensor;
  keep?(name: string, next: Tensor): void;
  mask(like: Tensor, rate: number): Tensor;
  /** Called with what layers show, by its whole name. */
  show?(name: string, value: Tensor): void;
}

/** The scope of a place in the network; the network itself has no name. */
export function scopeOf(parts: ScopeParts): Scope {
  return scopeAt(parts, { path: "", shared: new Map() });
}

function scopeAt(
  parts: ScopeParts,
  { path, shared }: { readonly path: string; readonly shared: Map<string, Tensor> },
): Scope {
  const whole = (name: string): string => (path === "" ? name : `${path}/${name}`);
  return {
    training: parts.training && parts.isFrozen?.(path) !== true,
    weight: (name, shape, initialiser) => parts.weight(whole(name), shape, initialiser),
    kept: (name, shape, start) => parts.kept(whole(name), shape, start),
    keep: (name, next) => parts.keep?.(whole(name), next),
    mask: (like, rate) => parts.mask(like, rate),
    share: (name, value) => void shared.set(name, value),
    shared: (name) => shared.get(name),
    show: (name, value) => parts.show?.(whole(name), value),
    within: (name) => scopeAt(parts, { path: whole(name), shared }),
  };
}
