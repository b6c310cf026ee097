/** @file Registering from the command line: the first version of a name becomes its champion, later ones wait to be promoted. */
import type { Version } from "../flow.ts";
import type { RegisterOptions, Registry } from "../registry/index.ts";

/** Registers a model under a name. */
export async function registerModel(
  registry: Registry,
  name: string,
  options: RegisterOptions,
): Promise<Version> {
  const isFirst = !(await registry.names()).includes(name);
  return registry.register(name, {
    ...options,
    ...(isFirst ? { alias: { name: "champion" } } : {}),
  });
}
