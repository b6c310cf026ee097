/** @file Append and overwrite: new rows into a table, whose schema may change with them. */
import type { Commit } from "./delta/commit.ts";
import { countOutside, replacePlan } from "./delta/rewrite.ts";
import { writePlan } from "./delta/write-plan.ts";
import { fail } from "./errors.ts";
import { cells, toSql } from "./expr/index.ts";
import { decidedBy } from "./lineage/self.ts";
import type { OpenTable } from "./opened.ts";
import type { Columns } from "./schema.ts";
import { originOfRows, type RowSource, withSource } from "./source.ts";
import type { OverwriteOptions, WriteOptions } from "./table.ts";
import { alignedSql, commitWrite, writeJudged } from "./write-rows.ts";

/** Adds rows. */
export async function appendRows<C extends Columns>(
  table: OpenTable<C>,
  rows: RowSource<C>,
  options: WriteOptions,
): Promise<Commit> {
  const { schema, engine } = table;
  return withSource({ name: table.place.name, schema, engine }, rows, (source) =>
    commitWrite(table, {
      options,
      queued: false,
      removes: false,
      lineage: () => ({ effect: "add", origin: originOfRows(rows, schema) }),
      make: async (context) => {
        const aligned = alignedSql(source, schema, context.shape);
        return writeJudged(context, aligned, (written) =>
          context.sealed(writePlan(context, written), written.judged),
        );
      },
    }),
  );
}

/** Replaces all rows, or those that meet a condition. */
export async function overwriteRows<C extends Columns>(
  table: OpenTable<C>,
  rows: RowSource<C>,
  options: OverwriteOptions<C>,
): Promise<Commit> {
  const { schema, engine, place, clock } = table;
  const { where, overwriteSchema = false } = options;
  return withSource({ name: place.name, schema, engine }, rows, (source) =>
    commitWrite(table, {
      options,
      overwriteSchema,
      queued: true,
      removes: true,
      lineage: (self) => {
        const origin = originOfRows(rows, schema);
        if (where === undefined) return { effect: "replace", origin };
        return { effect: "add", origin: decidedBy(origin, self, where(cells(schema)).reads) };
      },
      make: async (context) => {
        const { writer, shape, snapshot } = context;
        return writeJudged(context, alignedSql(source, schema, shape), async (written) => {
          if (where !== undefined) {
            const { node } = where(cells(schema));
            const affected = { shape, where: toSql({ node }), node };
            const outside = await countOutside(writer, affected, written.adds);
            if (outside > 0) fail("table/mismatch-predicate", { name: place.name, rows: outside });
            if (snapshot !== undefined)
              return context.sealed(
                await replacePlan(writer, { ...affected, snapshot }, written),
                written.judged,
              );
          }
          const gone = { files: snapshot?.files.values() ?? [], atMs: clock() };
          return context.sealed(writePlan(context, written, gone), written.judged);
        });
      },
    }),
  );
}
