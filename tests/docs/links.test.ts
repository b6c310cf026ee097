/** @file No page of the repository has a dead relative link or anchor. */
import { existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./blocks.ts";
import { anchorsOf, linksOn, markdownPages, slugOf } from "./markdown.ts";

/** What is wrong with a link, or undefined. */
function fault(page: string, target: string): string | undefined {
  const [path = "", anchor] = decodeURIComponent(target).split("#");
  const file = path === "" ? page : posix.normalize(posix.join(dirname(page), path));
  if (file.startsWith("../")) return "it leaves the repository";
  if (!existsSync(join(root, file))) return `there is no ${file}`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return anchorsOf(file).has(anchor) ? undefined : `${file} has no heading #${anchor}`;
}

describe("links", () => {
  test.each(markdownPages())("%s has no dead relative link or anchor", (page) => {
    const dead = linksOn(page)
      .filter(({ target }) => !/^[a-z][a-z+.-]*:|^\/\//i.test(target))
      .map(({ line, target }) => ({ line, target, fault: fault(page, target) }))
      .filter(({ fault: found }) => found !== undefined);
    expect(dead).toEqual([]);
  });

  test("a heading's anchor is what GitHub makes of it", () => {
    expect(slugOf("1. Table: `merge`, and *more*")).toBe("1-table-merge-and-more");
    expect(slugOf("table/unknown-column")).toBe("tableunknown-column");
  });
});
