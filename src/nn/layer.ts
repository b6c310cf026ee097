/** @file What a layer is: a function of tensors with weights of its own. */
import type { Json } from "../flow.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Initialiser } from "./initialisers.ts";

/** The shape of one row: [28 · 28] as [784], an image as [1, 28, 28]. The batch is not counted. */
export type Size = readonly number[];

/** Where a layer stands while a graph is written, and what it may ask for. */
export interface Scope {
  /** Whether the graph is for training: dropout drops, and normalisation takes the moments of the batch. */
  readonly training: boolean;
  /** Weights that are trained. */
  weight(name: string, shape: Size, initialiser: Initialiser): Tensor;
  /** Numbers that training keeps, but no gradient moves: moving moments. They begin with `start`. */
  kept(name: string, shape: Size, start: number): Tensor;
  /** What numbers that are kept become after a step of training. */
  keep(name: string, next: Tensor): void;
  /** Truth values for dropout: of a tensor's shape, true with a chance of 1 − rate, drawn for each step. */
  mask(like: Tensor, rate: number): Tensor;
  /** Tells the layers after it of a tensor, by a name of the whole network: `padding`, which steps are filled up. */
  share(name: string, value: Tensor): void;
  /** What a layer before shared; undefined where none did. */
  shared(name: string): Tensor | undefined;
  /** Shows a tensor to who looks on: attention's weights. */
  show(name: string, value: Tensor): void;
  /** The scope of a layer within the layer. */
  within(name: string): Scope;
}

/**
 * One layer. `In` and `Out` are shapes of rows as far as the compiler knows them: `number` where a size is known only when the
 * network is made.
 */
export interface Layer<In extends Size = Size, Out extends Size = Size> {
  /** What it is: "dense". */
  readonly kind: string;
  /** Every option, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** Writes the layer into a graph: x is [n, …In], what comes back [n, …Out]. @throws `nn/mismatch-layer` */
  build(x: Tensor, scope: Scope): Tensor;
  /** Types only: what it takes and gives. */
  readonly shapes?: { readonly takes: (row: In) => void; readonly gives: Out };
}

/** What every layer has, whatever the compiler knows of its shapes. */
export interface LayerParts {
  readonly kind: string;
  readonly options: Readonly<Record<string, Json>>;
  build(x: Tensor, scope: Scope): Tensor;
}

/** A layer of whose shapes the compiler is told nothing: whether it fits is seen when the network is made. */
export const shapeless = (layer: LayerParts): ShapelessLayer => ({
  kind: layer.kind,
  options: layer.options,
  build: (x, scope) => layer.build(x, scope),
});

/** A layer that gives the shape that it takes, whatever it is. */
export interface ShapelessLayer {
  readonly kind: string;
  readonly options: Readonly<Record<string, Json>>;
  build(x: Tensor, scope: Scope): Tensor;
  readonly shapes?: "any";
}
