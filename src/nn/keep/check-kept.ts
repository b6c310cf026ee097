/** @file Whether a network can be made again from its layers as data. */
import { fail } from "../errors.ts";
import type { LayerSpec, LayerSummary } from "../network.ts";
import { layerKinds, specsOf } from "./layer-of.ts";

/** Refuses layers that cannot be loaded again. @throws `nn/unsupported-layer` with the first layer of the caller's own */
export function checkKept(layers: readonly LayerSummary[]): void {
  for (const layer of layers) {
    const own = ownKind(layer);
    if (own === undefined) continue;
    const name = own === layer.kind ? layer.name : `${layer.name}/${own}`;
    fail("nn/unsupported-layer", { layer: name, kinds: layerKinds });
  }
}

/** The first kind that is not known, of the layer or of the layers inside it. */
function ownKind({ kind, options }: LayerSpec): string | undefined {
  if (!layerKinds.includes(kind)) return kind;
  return specsOf(options["layers"])
    ?.map(ownKind)
    .find((inside) => inside !== undefined);
}
