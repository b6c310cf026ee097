/** @file `millrace volumes`: the places for files. */
import { isAbsolute, relative } from "node:path";
import { shown } from "../core/index.ts";
import { command } from "./command.ts";
import { withLake } from "./named-thing.ts";
import { columns, number, size, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const volumes = command({
  name: "volumes",
  summary: "The volumes of a workspace: named places for files, with what is in them.",
  about: ["A volume is a folder into which deliveries can be put; ingest takes files from it."],
  options: { dir },
  examples: ["volumes", "volumes --json", "create volume telco.landing"],
  run: (values) =>
    withLake(values.dir, async (lake) => {
      const found = [];
      for (const name of await lake.volumes()) {
        const { comment, owner } = await lake.describe({ volume: name });
        const { path, files } = lake.volume(name);
        const all = await files();
        const sizeBytes = all.reduce((sum, file) => sum + file.sizeBytes, 0);
        found.push({ name, path, files: all.length, sizeBytes, comment, owner });
      }
      return found;
    }),
  render: (found, { width, program }) =>
    found.length === 0
      ? wrap(`no volumes yet; ${program} create volume SCHEMA.NAME makes one`, Math.min(width, 100))
      : columns(
          [
            ["volume", "files", "size", "owner", "comment", "folder"],
            ...found.map(({ name, files, sizeBytes, owner, comment, path }) => [
              ...[name, number(files), size(sizeBytes)],
              ...[shown(owner ?? "–"), shown(comment ?? ""), shortPath(path)],
            ]),
          ],
          { right: [1, 2], width, whole: [0, 1, 2, 5], spare: [4, 3, 2, 1] },
        ),
});

/** A folder as one types it here: from the working folder where it is below it. */
function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below === "" || below.startsWith("..") || isAbsolute(below) ? path : below;
}
