/** @file `millrace volumes`: the places for files. */
import { shown } from "../core/index.ts";
import { command } from "./command.ts";
import { withLake } from "./named-thing.ts";
import { columns, number, size } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const volumes = command({
  name: "volumes",
  summary: "The volumes of a workspace: named places for files, with what is in them.",
  about: ["A volume is a folder into which deliveries can be put; ingest takes files from it."],
  options: { dir },
  examples: ["volumes", "volumes --json"],
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
  render: (found, { width }) =>
    found.length === 0
      ? ["no volumes yet"]
      : columns(
          [
            ["volume", "files", "size", "owner", "comment"],
            ...found.map(({ name, files, sizeBytes, owner, comment }) => [
              ...[name, number(files), size(sizeBytes)],
              ...[shown(owner ?? "–"), shown(comment ?? "")],
            ]),
          ],
          { right: [1, 2], width, whole: [0, 1, 2], spare: [4, 3] },
        ),
});
