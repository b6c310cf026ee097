/** @file A version of a registered model, with its features and its predictor in view. */
import type { Version } from "../flow.ts";
import { type FittedModel, loadModel } from "../model/index.ts";
import type { LoadedVersion, Registry } from "../registry/index.ts";
import type { OptionSpecs } from "./command.ts";
import { fail } from "./errors.ts";

/** The options that choose a version of a model. */
export const versionOptions = {
  version: {
    type: "number",
    min: 1,
    whole: true,
    value: "N",
    help: "the version with this number; the champion if not given, or the newest where there is none",
  },
  alias: { type: "string", value: "NAME", help: "the version with this alias" },
} as const satisfies OptionSpecs;

/** What those options were given, and of which model. */
export interface VersionTask {
  /** The command that asks, for errors. */
  readonly command: string;
  readonly name: string;
  readonly version?: number | undefined;
  readonly alias?: string | undefined;
}

/**
 * The version that was asked for; else the champion, else the newest.
 *
 * @throws `cli/conflict-options` for both, `registry/missing-model`, `registry/missing-version`, `registry/missing-alias`
 */
async function chosenVersion(registry: Registry, task: VersionTask): Promise<Version> {
  const { command, name, version, alias } = task;
  if (version !== undefined && alias !== undefined)
    fail("cli/conflict-options", { command, options: ["version", "alias"] });
  const which = version ?? alias;
  if (which !== undefined) return registry.version(name, which);
  const all = await registry.versions(name);
  const champion = all.find(({ aliases }) => aliases.includes("champion"));
  return champion ?? all.at(-1) ?? registry.version(name, "champion");
}

/** The version that was asked for, of rows or of a series, loaded; each of its files is checked by its hash. */
export async function registeredVersion(
  registry: Registry,
  task: VersionTask,
): Promise<LoadedVersion> {
  const { number } = await chosenVersion(registry, task);
  return registry.load(task.name, number);
}

/** The same of a model of rows. Throws `model/unsupported-files` of a forecast. */
export async function registeredModel(
  registry: Registry,
  task: VersionTask,
): Promise<{ readonly version: Version; readonly model: FittedModel }> {
  const { version, model } = await registeredVersion(registry, task);
  return { version, model: loadModel(model.files()) };
}
