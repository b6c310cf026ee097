/** @file A registered network by its name: NAME, NAME/2 or NAME@champion. */
import { count } from "../../core/index.ts";
import type { Version } from "../../flow.ts";
import { loadNetwork, type NetworkModel } from "../../nn/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { fail } from "../errors.ts";
import { registeredVersion } from "../registered-model.ts";

/** The argument of commands over a registered network. */
export const networkArgument = {
  type: "string",
  value: "NETWORK",
  help: "a registered network: NAME (its champion, else its newest version), NAME/2 or NAME@alias",
} as const;

/** A network and the version that it is. */
export interface OpenedNetwork {
  readonly version: Version;
  readonly model: NetworkModel;
}

/** Opens a registered network. @throws `registry/missing-model`, `registry/missing-version`, `registry/missing-alias`, `cli/mismatch-model` */
export async function openNetwork(
  workspace: Pick<Workspace, "registry">,
  command: string,
  asked: string,
): Promise<OpenedNetwork> {
  const { version, files } = await networkFiles(workspace, command, asked);
  return { version, model: loadNetwork(files) };
}

async function networkFiles(
  { registry }: Pick<Workspace, "registry">,
  command: string,
  asked: string,
) {
  const [, name = asked, mark, which = ""] = /^(.*?)(?:([/@])([^/@]+))?$/.exec(asked) ?? [];
  const chosen = mark === "/" ? { version: Number(which) } : mark === "@" ? { alias: which } : {};
  const { version, model } = await registeredVersion(registry, { command, name, ...chosen });
  const files = model.files();
  if (!("network.json" in files))
    fail("cli/mismatch-model", { command, name, expected: "a network", got: model.kind });
  return { version, files };
}

/** The same of a network for images. @throws as {@link openNetwork}; `cli/mismatch-model` of a language model */
export async function openImageNetwork(
  workspace: Pick<Workspace, "registry">,
  command: string,
  asked: string,
): Promise<OpenedNetwork> {
  const { version, files } = await networkFiles(workspace, command, asked);
  if ("language.json" in files)
    fail("cli/mismatch-model", {
      command,
      name: asked,
      expected: "a network for images (a language model is asked by generate and attention)",
      got: "language model",
    });
  return { version, model: loadNetwork(files) };
}

/** A network in a few words: "digits version 2 (7 layers, 14,410 parameters)". */
export function networkWords({ version, model: { trained } }: OpenedNetwork): string {
  const { layers, network } = trained;
  return `${version.name} version ${version.number} (${count(layers.length, "layer")}, ${network.parameters.toLocaleString("en-US")} parameters)`;
}
