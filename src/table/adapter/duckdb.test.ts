import { describe, expect, test } from "vitest";
import { type Engine, openEngine } from "./duckdb.ts";

describe("openEngine", () => {
  test("closes what was in use while it closed, and keeps no rows of a failed load", async () => {
    const engine: Engine = await openEngine();
    const slow = engine.query(
      "SELECT count(*) AS n FROM range(3000000) a WHERE hash(a.range) % 7 = 1",
    );
    await engine.close();
    expect((await slow)[0]?.["n"]).toBeGreaterThan(0);
    const other = await openEngine();
    const broken = {
      columns: [{ name: "x", kind: "int" as const }],
      cells: [[1], ["x"]] as unknown as number[][],
    };
    await expect(other.withRows(broken, async () => 1)).rejects.toThrow();
    const left = await other.query(
      "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name LIKE 'rows_%'",
    );
    expect(left[0]?.["n"]).toBe(0);
    await other.close();
  });
});
