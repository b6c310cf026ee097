/** @file Ids for what has none: Great Expectations runs nothing without them. The same thing gets the same id. */
import { hashOf, hashOfJson } from "../../core/index.ts";
import { expectationJson } from "../json/suite-json.ts";
import type { ExpectationSuite } from "../suite.ts";
import type { Checkpoint, Reference, ValidationDefinition } from "./definition.ts";

/** The id of a thing in its file, or null where there is no file or none in it. */
export type IdsInFiles = (
  what: "suite" | "definition" | "checkpoint",
  name: string,
) => Promise<string | null>;

/** A UUID (RFC 9562, version 8) made from what a thing is called. */
export function uuidOf(text: string): string {
  const hex = hashOf(text).slice("sha256:".length);
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The suite with an id, and one for each of its expectations. */
export async function identifiedSuite(
  suite: ExpectationSuite,
  inFiles: IdsInFiles,
): Promise<ExpectationSuite> {
  const id = suite.id ?? (await inFiles("suite", suite.name)) ?? uuidOf(`suite ${suite.name}`);
  const seen = new Map<string, number>();
  const expectations = suite.expectations.map((one) => {
    if (one.id !== null) return one;
    const { type, kwargs } = expectationJson(one);
    const text = `${suite.name} ${hashOfJson({ type, kwargs })}`;
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return { ...one, id: uuidOf(`expectation ${text} ${before}`) };
  });
  return { ...suite, id, expectations };
}

/** The definition with an id, and with that of its suite. */
export async function identifiedDefinition(
  definition: ValidationDefinition,
  inFiles: IdsInFiles,
): Promise<ValidationDefinition> {
  const { name, suite } = definition;
  const id = definition.id ?? (await inFiles("definition", name)) ?? uuidOf(`definition ${name}`);
  return { ...definition, id, suite: await identified("suite", suite, inFiles) };
}

/** The checkpoint with an id, and with those of its validations. */
export async function identifiedCheckpoint(
  checkpoint: Checkpoint,
  inFiles: IdsInFiles,
): Promise<Checkpoint> {
  const { name } = checkpoint;
  const id = checkpoint.id ?? (await inFiles("checkpoint", name)) ?? uuidOf(`checkpoint ${name}`);
  const validations: Reference[] = [];
  for (const one of checkpoint.validations)
    validations.push(await identified("definition", one, inFiles));
  return { ...checkpoint, id, validations };
}

async function identified(
  what: "suite" | "definition",
  { name, id }: Reference,
  inFiles: IdsInFiles,
): Promise<Reference> {
  return { name, id: (await inFiles(what, name)) ?? id ?? uuidOf(`${what} ${name}`) };
}
