/** @file Tests of corpora: what is taken of files and folders, and what is left out. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainText, readCorpus } from "./corpus.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-corpus-"));
  await mkdir(join(home, "deep/drafts"), { recursive: true });
  await mkdir(join(home, "node_modules"));
  const files = {
    "b.txt": "plain `text`",
    "a.md": "# Title\n\ntext",
    "deep/c.md": "deep",
    "deep/drafts/d.md": "draft",
    "e.ts": "code",
    "node_modules/f.md": "other",
    ".g.md": "hidden",
    "h.md": "```\n```",
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(home, path), text);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("readCorpus", () => {
  test("takes files by their endings, in order, with their hashes", async () => {
    const corpus = await readCorpus([home], { exclude: ["drafts"] });
    expect(corpus.texts).toEqual(["Title\n\ntext", "plain `text`", "deep"]);
    expect(corpus.sources.map(({ characters }) => characters)).toEqual([11, 12, 4]);
    expect((await readCorpus([home], { exclude: ["drafts"] })).hash).toBe(corpus.hash);
    expect((await readCorpus([home])).hash).not.toBe(corpus.hash);
    expect((await readCorpus([join(home, "e.ts")])).texts).toEqual(["code"]);
  });

  test("refuses paths where nothing is to be read", async () => {
    const missing = expect.objectContaining({ code: "nn/missing-text" });
    await expect(readCorpus([join(home, "none")])).rejects.toThrow(missing);
    await expect(readCorpus([home], { endings: [".pdf"] })).rejects.toThrow(missing);
  });
});

describe("plainText", () => {
  test("leaves code, addresses, images and markup out, and keeps identifiers", () => {
    const markdown =
      "## A *title*\n\n```ts\nconst x = 1;\n```\n> See [the page](http://x) for `read_csv`.\n\n![picture](a.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n<!-- note -->\n- item<br>";
    expect(plainText(markdown)).toBe(
      "A title\n\nSee the page for read_csv.\n\n a b\n\n 1 2\n\nitem".replace(/\n /g, "\n"),
    );
    expect(plainText("text\n```\nnever closed")).toBe("text");
  });
});
