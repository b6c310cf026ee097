/** @file The decoder: a transformer that tells, at each step of a text, what comes next. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { Layer, ShapelessLayer } from "../layer.ts";
import { attention, residual } from "../layers/attention.ts";
import { dropout, layerNorm } from "../layers/regularisation.ts";
import { embedding, placeEmbedding, type Steps, stepDense } from "../layers/sequence.ts";
import { input, type Network } from "../network.ts";
import { specials } from "./tokeniser.ts";

/** Options of {@link decoder}. */
export interface DecoderOptions {
  /** How many tokens there are, v ≥ 2. */
  readonly vocabulary: number;
  /** The most steps that it sees, t ≥ 1. */
  readonly context: number;
  /** Numbers of a step, d ≥ 1, which the heads must divide. */
  readonly width: number;
  /** Heads of attention, ≥ 1. */
  readonly heads: number;
  /** Blocks of attention and feed-forward, ≥ 1. */
  readonly layers: number;
  /** Numbers in the middle of the feed-forward part, ≥ 1. Default 4 · width. */
  readonly feedForward?: number;
  /** Share that is dropped in training, 0 to below 1. Default 0.1. */
  readonly dropout?: number;
  /** Whether a block normalises what goes into its parts ("before", which trains more easily) or what comes out. Default "before". */
  readonly norm?: "before" | "after";
}

/** Every option of a decoder. */
export type DecoderSpec = Required<DecoderOptions>;

/** The options with their defaults. @throws `option/out-of-range`, `option/unknown-name`, `nn/mismatch-layer` */
export function decoderSpec(options: DecoderOptions): DecoderSpec {
  checkNames("decoder", options, [
    "vocabulary",
    "context",
    "width",
    "heads",
    "layers",
    "feedForward",
    "dropout",
    "norm",
  ]);
  const { width, heads, feedForward = 4 * width, dropout: rate = 0.1, norm = "before" } = options;
  checkNumber("decoder", { vocabulary: options.vocabulary }, { min: 2, integer: true });
  const { context, layers } = options;
  for (const [name, value] of Object.entries({ context, width, heads, layers, feedForward }))
    checkNumber("decoder", { [name]: value }, { min: 1, integer: true });
  checkNumber("decoder", { dropout: rate }, { min: 0, below: 1 });
  checkChoice("decoder", { norm }, ["before", "after"]);
  if (width % heads !== 0)
    fail("nn/mismatch-layer", {
      layer: "decoder",
      expected: `a width that ${heads} heads divide`,
      got: `${width}`,
    });
  return {
    vocabulary: options.vocabulary,
    context,
    width,
    heads,
    layers,
    feedForward,
    dropout: rate,
    norm,
  };
}

/**
 * A decoder-only transformer: tokens and learned places, blocks of causal attention and feed-forward with GELU, each around what goes by,
 * a last normalisation, and for each step a logit for each token, [t, v]. Pads (token 0) change nothing for the other steps, wherever they are.
 *
 * @param options - See {@link DecoderOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`, `nn/mismatch-layer` where the heads do not divide the width
 * @example
 * ```ts
 * const small = { vocabulary: 2411, context: 64, width: 160, heads: 4, layers: 4, feedForward: 320 };
 * decoder(small).parameters // => 1610731
 * decoderParameters(small) // => 1610731
 * ```
 * @see Vaswani et al., NeurIPS 2017; Radford et al., 2018 and 2019; Xiong et al., ICML 2020 of the two places to normalise.
 */
export function decoder(options: DecoderOptions): Network<readonly [number], Steps> {
  const spec = decoderSpec(options);
  return decoderOf(spec, spec.context);
}

/** The decoder over fewer steps, with the same weights. */
export function decoderOf(spec: DecoderSpec, steps: number): Network<readonly [number], Steps> {
  const { body, head } = decoderLayers(spec);
  const start = input([steps]).add(
    embedding(spec.vocabulary, spec.width, { padding: specials.pad }),
  );
  let network = start.add(placeEmbedding(spec.context));
  for (const layer of body) network = network.add(layer);
  return network.add(head);
}

/** The layers after the places, and the last. */
export function decoderLayers(spec: DecoderSpec) {
  const { vocabulary, width, heads, layers, feedForward, dropout: rate, norm } = spec;
  const drop = rate > 0 ? [dropout(rate)] : [];
  const attend: readonly (Layer<Steps, Steps> | ShapelessLayer)[] = [
    attention({ heads, causal: true }),
    ...drop,
  ];
  const think: readonly (Layer<Steps> | ShapelessLayer)[] = [
    stepDense(feedForward, "gelu"),
    stepDense(width),
    ...drop,
  ];
  const part = (inner: readonly (Layer<Steps> | ShapelessLayer)[]): readonly ShapelessLayer[] =>
    norm === "before"
      ? [residual<Steps>([layerNorm(), ...inner])]
      : [residual<Steps>(inner), layerNorm()];
  const blocks = Array.from({ length: layers }, () => [...part(attend), ...part(think)]).flat();
  return { body: [...drop, ...blocks, layerNorm()], head: stepDense(vocabulary) };
}

/**
 * The number of a decoder's parameters: v·d + t·d + L·(4·(d² + d) + 2·d·f + f + d + 4·d) + 2·d + d·v + v.
 *
 * @param options - See {@link DecoderOptions}.
 * @throws as {@link decoder}
 */
export function decoderParameters(options: DecoderOptions): number {
  const { vocabulary: v, context: t, width: d, layers, feedForward: f } = decoderSpec(options);
  const block = 4 * (d * d + d) + 2 * d * f + f + d + 4 * d;
  return v * d + t * d + layers * block + 2 * d + d * v + v;
}
