import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { commandGroups } from "./commands.ts";

const root = join(import.meta.dirname, "../..");
const listing = pathToFileURL(join(root, "tests/support/loaded-modules.mjs")).href;

/** The rooms, and "node_modules" where a package is one, whose modules a command line loads. */
async function roomsLoaded(...argv: readonly string[]): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-start-"));
  const list = join(folder, "modules.txt");
  const args = ["--import", listing, join(root, "src/cli/main.ts"), ...argv];
  const env = { ...process.env, LOADED_MODULES: list };
  spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
  const urls = (await readFile(list, "utf8")).trim().split("\n");
  await rm(folder, { recursive: true });
  return new Set(
    urls.flatMap((url) => /(node_modules)\//.exec(url)?.[1] ?? /\/src\/(\w+)/.exec(url)?.[1] ?? []),
  );
}

test("the program's help, its version and a word that is no command load the command line and nothing else", async () => {
  for (const word of ["--help", "--version", "tabels"])
    expect(await roomsLoaded(word)).toEqual(new Set(["cli", "core"]));
});

test("what looks at tables, runs and versions loads nothing of learning, serving and drawing", async () => {
  for (const word of ["tables", "runs", "models", "history"]) {
    const loaded = await roomsLoaded(word, ...(word === "history" ? ["a.b"] : []));
    expect(loaded).toContain("table");
    for (const room of [
      "model",
      "feature",
      "tune",
      "cluster",
      "forecast",
      "serve",
      "server",
      "plot",
    ])
      expect(loaded).not.toContain(room);
  }
});

test("each command has the name and the summary that its own help begins with", async () => {
  for (const { name, summary, help } of commandGroups.flatMap(({ commands }) => commands)) {
    const text = await help({ program: "millrace", width: 100 });
    expect(text.replace(/\s+/g, " ")).toMatch(
      `millrace ${name}: ${summary} Usage: millrace ${name}`,
    );
  }
});
