/** @file A delivered file, ready to be read: its columns, and a SELECT of them. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Engine } from "../adapter/duckdb.ts";
import { csvReader, messageOf } from "./csv.ts";
import { fail } from "./errors.ts";
import {
  checkThere,
  chunksOf,
  type FilePlace,
  type Glance,
  type Inspected,
  type Inspecting,
} from "./inspect.ts";
import { jsonReader } from "./json-lines.ts";
import type { IngestPlan } from "./options.ts";
import { parquetReader } from "./parquet.ts";
import type { Reader } from "./reader.ts";
import { textDecoder } from "./text-check.ts";

/** A file that was inspected and can be read. Close it when its rows are committed. */
export interface Delivery extends Reader, FilePlace {
  readonly inspected: Inspected | Inspecting;
  close(): Promise<void>;
}

const readers = { csv: csvReader, json: jsonReader, parquet: parquetReader };

/**
 * Opens an inspected file. Text that is not UTF-8 (and JSON with a byte order mark, and gzip that the
 * engine does not read) is first copied in UTF-8 to a temporary folder, which {@link Delivery.close} removes.
 *
 * @throws what {@link csvReader}, {@link jsonReader} or {@link parquetReader} throw about the first lines
 */
export async function openDelivery(
  place: FilePlace & {
    readonly inspected: Inspected | Inspecting;
    readonly known: readonly string[];
  },
  { engine, plan }: { readonly engine: Engine; readonly plan: IngestPlan },
): Promise<Delivery> {
  const { path, file, inspected, known } = place;
  const marked = plan.format === "json" && inspected.mark;
  const copy =
    marked || inspected.oddGzip || (plan.encoding !== "utf-8" && plan.format !== "parquet");
  const folder = copy ? await mkdtemp(join(tmpdir(), "millrace-utf8-")) : undefined;
  const close = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const readable = folder === undefined ? path : join(folder, "text");
    if (folder !== undefined) await copyAsUtf8(place, readable, plan);
    const { gzip, head } = inspected;
    const source = { engine, plan, file, path: readable, gzip: gzip && !copy, head, known };
    const reader = await readers[plan.format](source).catch(async (error: unknown) => {
      await checkThere(place, inspected);
      throw error;
    });
    const rethrow = async (cause: unknown): Promise<never> => {
      await checkThere(place, inspected);
      const message = messageOf(cause);
      const reason = message.split("\n")[0] ?? "";
      if (/GZI?P/.test(message))
        fail("table/corrupt-file", { file, what: "gzip", reason }, { cause });
      if (message.startsWith("IO Error") && message.includes(readable))
        fail("table/failed-read", { path, reason }, { cause });
      return reader.rethrow(cause);
    };
    return { path, file, inspected, close, ...reader, rethrow };
  } catch (error) {
    await close();
    throw error;
  }
}

async function copyAsUtf8(
  { path, file, inspected }: FilePlace & { readonly inspected: Glance },
  to: string,
  { encoding }: IngestPlan,
): Promise<void> {
  const decoder = encoding === "utf-8" ? utf8Decoder() : textDecoder(file, encoding);
  const target = await open(to, "w");
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await target.writeFile(decoder.decode(chunk));
    await target.writeFile(decoder.end());
  };
  try {
    if (inspected.gzip) await pipeline(() => chunksOf(path), createGunzip(), write);
    else await write(chunksOf(path));
  } finally {
    await target.close();
  }
}

/** The text was checked before; the decoder takes its byte order mark away. */
function utf8Decoder() {
  const decoder = new TextDecoder("utf-8");
  return {
    decode: (bytes: Buffer): string => decoder.decode(bytes, { stream: true }),
    end: (): string => decoder.decode(),
  };
}
