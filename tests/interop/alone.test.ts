import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alone } from "./alone.ts";

/** A process that holds a folder: it writes down when it begins and ends, and works for a while. */
function holder(folder: string, workMs: number) {
  const script = `
    import { appendFileSync } from "node:fs";
    import { alone } from ${JSON.stringify(join(import.meta.dirname, "alone.ts"))};
    alone(process.argv[1], () => {
      appendFileSync(process.argv[1] + ".said", "begins ");
      process.stdout.write("holds");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.argv[2]));
      appendFileSync(process.argv[1] + ".said", "ends ");
    });`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
  return spawn(process.execPath, [...args, folder, String(workMs)]);
}

describe("alone", () => {
  test("lets one process after the other work on a folder, and the next when one is killed", async () => {
    const home = await mkdtemp(join(tmpdir(), "millrace-alone-"));
    const folder = join(home, "some", "folder");
    const dead = holder(folder, 1e9);
    await once(dead.stdout, "data");
    const living = [holder(folder, 50), holder(folder, 50)];
    const closed = Promise.all(living.map((child) => once(child, "close")));
    dead.kill("SIGKILL");
    expect((await closed).map(([code]) => code)).toEqual([0, 0]);
    expect(await readFile(`${folder}.said`, "utf8")).toBe("begins begins ends begins ends ");
    expect(alone(folder, () => 7)).toBe(7);
    await rm(home, { recursive: true });
  });
});
