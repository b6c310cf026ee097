/** @file Scopes: the names of layers inside each other, joined, over whatever a graph makes of weights. */
import type { Tensor } from "../tensor/index.ts";
import type { Initialiser } from "./initialisers.ts";
import type { Scope, Size } from "./layer.ts";

/** What weights are in a graph, by their whole names: "2 conv2d/kernel". */
export interface ScopeParts {
  readonly training: boolean;
  weight(name: string, shape: Size, initialiser: Initialiser): Tensor;
  kept(name: string, shape: Size, start: number): Tensor;
  keep?(name: string, next: Tensor): void;
  mask(like: Tensor, rate: number): Tensor;
}

/** The scope of a place in the network; the network itself has no name. */
export function scopeOf(parts: ScopeParts, path = ""): Scope {
  const whole = (name: string): string => (path === "" ? name : `${path}/${name}`);
  return {
    training: parts.training,
    weight: (name, shape, initialiser) => parts.weight(whole(name), shape, initialiser),
    kept: (name, shape, start) => parts.kept(whole(name), shape, start),
    keep: (name, next) => parts.keep?.(whole(name), next),
    mask: (like, rate) => parts.mask(like, rate),
    within: (name) => scopeOf(parts, whole(name)),
  };
}
