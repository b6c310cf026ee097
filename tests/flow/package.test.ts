import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const npm = (args: readonly string[], cwd: string) => {
  const done = spawnSync("npm", args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (done.status !== 0) throw new Error(`npm ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
};

test("the packed package runs the demo from an empty folder, and its doors open", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-package-"));
  npm(["pack", "--pack-destination", folder, "--loglevel=error"], root);
  const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  const user = join(folder, "user");
  await mkdir(user);
  await writeFile(join(user, "package.json"), '{ "private": true, "type": "module" }\n');
  npm(
    [
      "install",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      "--loglevel=error",
      join(folder, tarball),
    ],
    user,
  );
  const bin = join(user, "node_modules", ".bin", "millrace");
  const ran = spawnSync(bin, ["demo", "--json"], {
    cwd: user,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  expect(ran.status, ran.stderr).toBe(0);
  expect(ran.stderr).not.toContain("Warning");
  expect(JSON.parse(ran.stdout)).toMatchObject({
    rows: { raw: 7043, bronze: 7043, silver: 7043 },
    requests: { sent: 600, failed: 0 },
  });
  await writeFile(
    join(user, "open.ts"),
    `import { openWorkspace } from "millrace";
     import { openLake } from "millrace/table";
     await using workspace = await openWorkspace("./millrace-demo");
     console.log(typeof openLake, await workspace.registry.names());`,
  );
  const opened = spawnSync(process.execPath, ["open.ts"], { cwd: user, encoding: "utf8" });
  expect(opened.stdout, opened.stderr).toBe("function [ 'churn' ]\n");
  await writeFile(
    join(user, "stores.ts"),
    `import { openOnlineStore } from "millrace/feature";
     for (const at of ["redis://127.0.0.1:9", "postgres://127.0.0.1:9/db"])
       await openOnlineStore(at).catch(({ code, message }) => console.log(code, message));`,
  );
  const stores = spawnSync(process.execPath, ["stores.ts"], { cwd: user, encoding: "utf8" });
  for (const name of ["redis", "pg"])
    expect(stores.stdout, stores.stderr).toMatch(
      new RegExp(
        `store/missing-package .* needs the package "${name}", .* Run: npm install ${name}`,
      ),
    );
  await rm(folder, { recursive: true });
});
