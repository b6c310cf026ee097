/** @file Dense layers. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { ops } from "../../tensor/index.ts";
import { type InitialiserName, initialiserNames, initialiserOf } from "../initialisers.ts";
import type { Layer } from "../layer.ts";
import { type ActivationName, activationOf } from "./activation.ts";
import { checkRank } from "./check-rank.ts";

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Default "linear". */
  readonly activation?: ActivationName;
  /** Default "xavierUniform", or "heUniform" before relu. */
  readonly initialiser?: InitialiserName;
}

/**
 * A dense layer: act(x·W + b) with W of shape [d, units] and b of [units].
 *
 * @param units - How many numbers it gives, ≥ 1.
 * @param options - See {@link DenseOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function dense<const Units extends number>(
  units: Units,
  options: DenseOptions = {},
): Layer<readonly [number], readonly [Units]> {
  checkNumber("dense", { units }, { min: 1, integer: true });
  checkNames("dense", options, ["activation", "initialiser"]);
  const { activation = "linear", initialiser = usual(activation) } = options;
  const act = activationOf("dense", activation);
  checkChoice("dense", { initialiser }, initialiserNames);
  return {
    kind: "dense",
    options: { units, activation, initialiser },
    build: (x, scope) => {
      const [d] = checkRank("dense", x, ["features"]);
      const w = scope.weight("kernel", [d, units], initialiserOf(initialiser));
      const b = scope.weight("bias", [units], { kind: "constant", value: 0 });
      return act(ops.linear(x, w, b));
    },
  };
}

/** Xavier keeps the variance of what is linear or bounded; relu takes half of it away, which He gives back. */
export const usual = (activation: ActivationName): InitialiserName =>
  activation === "relu" || activation === "leakyRelu" ? "heUniform" : "xavierUniform";
