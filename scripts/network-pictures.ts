/**
 * @file Draws the guide's figures of networks with the commands themselves: curves of a training, calibration, ambiguous images, feature
 * maps, saliency, two networks beside each other, errors of an autoencoder.
 *
 * `node scripts/network-pictures.ts` writes docs/guide/pictures/network-*.svg.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "network-pictures-"));

/** Each command, and which of its figures the guide shows. */
const commands = [
  { run: "train digits --rows 6000 --register digits", figures: ["training"] },
  { run: "confidence digits digits", figures: ["reliability", "ambiguous"] },
  { run: "maps digits digits --class 3", figures: ["saliency", "maps-1-conv2d"] },
  { run: "train digits --rows 6000 --network mlp --register digits", figures: [] },
  { run: "compare digits/1 digits/2 digits --class 6", figures: ["compare"] },
  { run: "anomalies digits --rows 6000", figures: ["errors"] },
] as const;

try {
  for (const { run, figures } of commands) {
    const program = join(root, "src", "cli", "main.ts");
    const isKept = !run.startsWith("anomalies");
    const places = ["--out", folder, ...(isKept ? ["--dir", join(folder, "workspace")] : [])];
    const done = spawnSync(process.execPath, [program, ...run.split(" "), ...places], {
      stdio: "inherit",
    });
    if (done.status !== 0) throw new Error(`"${run}" ended with ${done.status}`);
    for (const name of figures)
      copyFileSync(
        join(folder, `${name}.svg`),
        join(root, "docs", "guide", "pictures", `network-${name}.svg`),
      );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
