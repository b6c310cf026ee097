/** @file Which Delta tables Millrace reads and writes, and how a table comes to need a feature. */
import { fail } from "../errors.ts";
import type { Add, MetaData, Protocol } from "./actions.ts";
import { parseFields } from "./types.ts";

/** What the checks look at. */
export interface Governed {
  readonly protocol: Protocol;
  readonly metaData: MetaData;
}

const readable = new Set([
  "timestampNtz",
  "vacuumProtocolCheck",
  "typeWidening",
  "columnMapping", // the mapping itself is refused, in any table
]);
const writable = new Set([
  ...readable,
  "appendOnly",
  "invariants",
  "checkConstraints",
  "changeDataFeed",
  "generatedColumns", // the columns themselves are refused, in any table
  "identityColumns",
]);

/** Field metadata that asks a writer for more than Millrace does. */
const ruled: Readonly<Record<string, string>> = {
  "delta.generationExpression": "generated columns",
  "delta.identity.start": "identity columns",
  "delta.invariants": "column invariants",
  CURRENT_DEFAULT: "column defaults",
  __CHAR_VARCHAR_TYPE_STRING: "columns of char or varchar",
};

/** Refuses, before anything is read, a table whose features Millrace does not know. */
export function checkReadable(
  name: string,
  { protocol, metaData, files }: Governed & { readonly files: ReadonlyMap<string, Add> },
): void {
  const refuse = (feature: string): never => fail("table/unsupported-feature", { name, feature });
  const unknown = (protocol.readerFeatures ?? []).filter((feature) => !readable.has(feature));
  if (unknown.length > 0) refuse(`the reader features ${unknown.join(", ")}`);
  if (protocol.minReaderVersion > 3) refuse(`reader version ${protocol.minReaderVersion}`);
  const mapping = metaData.configuration["delta.columnMapping.mode"] ?? "none";
  if (mapping !== "none") refuse(`column mapping by ${mapping}`);
  if (metaData.format.provider !== "parquet") refuse(`files of ${metaData.format.provider}`);
  for (const { deletionVector, partitionValues, path } of files.values()) {
    if (deletionVector !== undefined && deletionVector !== null) refuse("deletion vectors");
    for (const column of metaData.partitionColumns)
      if (partitionValues[column] === undefined)
        refuse(`the file ${path} without a value for its partition column ${column}`);
  }
}

/**
 * Refuses to write a table whose rules Millrace could break.
 *
 * @param removes - Whether the operation takes rows out, which an append-only table forbids.
 */
export function checkWritable(name: string, table: Governed, removes: boolean): void {
  const { protocol, metaData } = table;
  const refuse = (feature: string): never => fail("table/unsupported-feature", { name, feature });
  const unknown = (protocol.writerFeatures ?? []).filter((feature) => !writable.has(feature));
  if (unknown.length > 0) refuse(`the writer features ${unknown.join(", ")}`);
  if (protocol.minWriterVersion > 7) refuse(`writer version ${protocol.minWriterVersion}`);
  if (removes && metaData.configuration["delta.appendOnly"] === "true") refuse("append-only mode");
  for (const key of ["delta.enableInCommitTimestamps", "delta.enableRowTracking"])
    if (metaData.configuration[key] === "true") refuse(key);
  for (const { metadata } of parseFields(metaData.schemaString))
    for (const [key, what] of Object.entries(ruled)) if (key in metadata) refuse(what);
}

/** The oldest writer version that has a feature; features without one need version 7. */
const legacy: Readonly<Record<string, number>> = { checkConstraints: 3, changeDataFeed: 4 };

/** The features that a writer version before 7 brings with it. */
const implied: readonly (readonly [number, readonly string[]])[] = [
  [2, ["appendOnly", "invariants"]],
  [3, ["checkConstraints"]],
  [4, ["changeDataFeed", "generatedColumns"]],
  [5, ["columnMapping"]],
  [6, ["identityColumns"]],
];

/** The protocol with a feature; the same object when it has it already. */
export function withFeature(protocol: Protocol, feature: string): Protocol {
  const { minReaderVersion, minWriterVersion, writerFeatures = [], readerFeatures = [] } = protocol;
  const version = legacy[feature];
  if (minWriterVersion < 7 && version !== undefined)
    return minWriterVersion >= version ? protocol : { minReaderVersion, minWriterVersion: version };
  if (writerFeatures.includes(feature)) return protocol;
  const old = implied.filter(([from]) => minWriterVersion >= from);
  // A feature of both sides counts by its versions on both, and is then listed on both.
  const own = old.flatMap(([, all]) =>
    all.filter((one) => minReaderVersion > 1 || !readable.has(one)),
  );
  const before = minWriterVersion < 7 ? own : writerFeatures;
  const reads = readable.has(feature);
  const read =
    minReaderVersion === 2 ? before.filter((one) => one === "columnMapping") : readerFeatures;
  return {
    minReaderVersion: reads ? 3 : minReaderVersion,
    minWriterVersion: 7,
    ...(reads || minReaderVersion >= 3
      ? { readerFeatures: reads ? [...read, feature] : read }
      : {}),
    writerFeatures: [...before, feature],
  };
}
