/** @file Reading back the models of a run, each file checked by its hash. */
import { hashOf } from "../core/index.ts";
import type { ModelFiles } from "../flow.ts";
import { parseYaml } from "./adapter/yaml.ts";
import { type Artifacts, listArtifacts } from "./artifacts.ts";
import { fail } from "./errors.ts";
import { aboutFiles } from "./model-folder.ts";

/**
 * The files of a model that a run logged, for a {@link LoadModel}.
 *
 * @param name - The name it was logged under.
 * @throws `run/missing-model`; `run/corrupt-model` when a file is missing or not what was logged.
 */
export async function readModelFiles(at: Artifacts, name: string): Promise<ModelFiles> {
  const { bytes, root, runId: run } = at;
  const facts = `${root}/${name}/${aboutFiles.facts}`;
  if (!(await bytes.has(facts)))
    return fail("run/missing-model", { run, name, known: await models(at) });
  const hashes = fileHashes(new TextDecoder().decode(await bytes.get(facts)));
  if (hashes === undefined) return corrupt(at, aboutFiles.facts, "is not what Millrace writes");
  const files = Object.entries(hashes).map(async ([path, hash]) => {
    const key = `${root}/${name}/${path}`;
    if (!(await bytes.has(key))) return corrupt(at, path, "is missing");
    const file = await bytes.get(key);
    if (hashOf(file) !== hash) return corrupt(at, path, "is not what was logged");
    return [path, file] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

function corrupt({ runId }: Artifacts, file: string, reason: string): never {
  return fail("run/corrupt-model", { run: runId, file, reason });
}

/** The names of a run's models. */
async function models(at: Artifacts): Promise<readonly string[]> {
  const end = `/${aboutFiles.facts}`;
  const found = (await listArtifacts(at)).filter((path) => path.endsWith(end));
  return found.map((path) => path.slice(0, -end.length));
}

function fileHashes(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const files = at(at(at(parseYaml(text), "flavors"), "millrace"), "files");
    return isObject(files) ? files : undefined;
  } catch {
    return undefined;
  }
}

const at = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
