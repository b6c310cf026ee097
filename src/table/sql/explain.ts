/** @file The engine's errors about a query as ours: the sentence without the text of the rewritten query. */
import type { Engine } from "../adapter/duckdb.ts";
import { fail as failTable } from "../errors.ts";
import { fail } from "./errors.ts";

/** What the engine says, in one line, without its kind and without the query. */
export function reasonOf(message: string): string {
  const [said = ""] = message.split(/\n\s*\nLINE \d+:|\nLINE \d+:/);
  return said
    .replace(/^[A-Z][\w -]* Error: /, "")
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
}

/** Throws an error of the engine as ours, and others as they are. */
export function explain(error: unknown): never {
  const message = error instanceof Error ? error.message : "";
  const [, kind] = /^([A-Z][\w -]*) Error: /.exec(message) ?? [];
  if (kind === undefined || kind === "INTERRUPT") throw error;
  const reason = reasonOf(message);
  if (kind === "IO")
    failTable("table/failed-read", { path: "a file of the query", reason }, { cause: error });
  return fail("table/failed-query", { at: null, reason }, { cause: error });
}

/** An engine whose errors about queries are ours. */
export function explainingEngine(engine: Engine): Engine {
  return {
    ...engine,
    query: (sql) => engine.query(sql).catch(explain),
    queryJson: (sql) => engine.queryJson(sql).catch(explain),
    stream: (sql, take) => engine.stream(sql, take).catch(explain),
    run: (sql) => engine.run(sql).catch(explain),
    doubles: (sql) => engine.doubles(sql).catch(explain),
    takeDoubles: (sql, how) => engine.takeDoubles(sql, how).catch(explain),
    eachDoubles: (sql, take) => engine.eachDoubles(sql, take).catch(explain),
    describe: (sql) => engine.describe(sql).catch(explain),
  };
}
