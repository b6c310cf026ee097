/** @file docs/coverage.md has every capability once, a mark that is one of four, and shows what works. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, textOf } from "./blocks.ts";

const page = textOf("docs/coverage.md");
/** How many capabilities each module has; their ids never change. */
const sizes = [11, 26, 25, 16, 19, 17, 25, 25, 29];
const rows = [...page.matchAll(/^\| (M\d-\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$/gm)].map(
  ([, id = "", , mark = "", shown = ""]) => ({ id, mark, shown }),
);

describe("coverage", () => {
  test("has every capability once, in order", () => {
    const ids = sizes.flatMap((size, m) =>
      Array.from({ length: size }, (_, i) => `M${m + 1}-${String(i + 1).padStart(2, "0")}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  test("marks each as works, partly, not yet or not meant, and counts the marks", () => {
    const marks = ["works", "partly", "not yet", "not meant"];
    const counts = marks.map((mark) => rows.filter((row) => row.mark === mark).length);
    expect(rows.filter(({ mark }) => !marks.includes(mark))).toEqual([]);
    expect(page).toContain(`| ${[...counts, rows.length].join(" | ")} |`);
  });

  test("shows what works by a command or a test, and says what is missing elsewhere", () => {
    const bare = rows.filter(({ mark, shown }) => {
      if (mark === "works") return !/`(\.\/mill |\S+\.test\.ts)/.test(shown);
      return mark !== "not yet" && shown.trim() === "";
    });
    expect(bare).toEqual([]);
  });

  test("names files that exist", () => {
    const files = [...page.matchAll(/`((?:src|tests|\.ci)\/[^`]+)`/g)].map(
      (match) => match[1] ?? "",
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
