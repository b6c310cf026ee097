import { describe, expect, test } from "vitest";
import { type ObjectServer, startObjectServer } from "../../../tests/support/object-server.ts";
import { type Bytes, s3Bytes } from "../../store/index.ts";
import { int, openLake, schema } from "../index.ts";

const point = schema("point", { x: int() });

/** The same store, as another process opens it. */
const open = (server: ObjectServer): Bytes =>
  s3Bytes({
    ...{ bucket: "bucket", prefix: "lake", endpoint: server.url, region: "here", backoffMs: 1 },
    credentials: { accessKeyId: "someone", secretAccessKey: "very-secret" },
  });

async function withServer(work: (server: ObjectServer) => Promise<void>): Promise<void> {
  const server = await startObjectServer();
  await work(server);
  await server.close();
}

describe("the catalog of a lake in an object store", () => {
  test("grants, keeps files and drops as that of a folder does", async () => {
    await withServer(async (server) => {
      await using bytes = open(server);
      await using lake = await openLake(bytes, { actor: "root" });
      await lake.table("telco.silver", point).append([{ x: 1 }]);
      await lake.table("dev.telco.silver", point).append([{ x: 2 }]);
      await lake.volume("telco.landing").put("a.csv", "id\n1\n");
      await lake.grant({ to: "ada", privilege: "select", on: "telco.silver" });
      await using other = await openLake(open(server));
      expect(await other.grants()).toMatchObject([{ to: "ada", actor: "root" }]);
      expect(await other.catalogs()).toEqual(["dev", "main"]);
      expect(other.volume("telco.landing").path).toBe("s3://bucket/lake/volumes/telco/landing");
      expect((await other.volume("telco.landing").get("a.csv")).length).toBe(5);
      await other.drop({ catalog: "main" }, { cascade: true });
      expect(await lake.tables()).toEqual(["dev.telco.silver"]);
      await expect(lake.table("telco.silver", point).read()).rejects.toMatchObject({
        code: "table/missing-table",
      });
      const left = [...server.objects.keys()].filter((key) => !key.startsWith("lake/_catalog/"));
      expect(left.filter((key) => !key.startsWith("lake/tables/dev.telco/"))).toEqual([
        "lake/lake.json",
      ]);
    });
  });

  test("loses no grant whose answer was lost on the way", async () => {
    await withServer(async (server) => {
      await using bytes = open(server);
      await using lake = await openLake(bytes);
      let lost = 0;
      server.trouble = ({ method, key }) => {
        const isEntry = method === "PUT" && key.includes("_catalog/log/");
        if (isEntry) lost += 1;
        return isEntry && lost % 2 === 1 ? { loseAnswer: true } : undefined;
      };
      const names = ["ada", "bob", "eve"];
      for (const to of names)
        await lake.grant({ to, privilege: "use catalog", on: { catalog: "main" } });
      expect((await lake.audit()).map((entry) => "to" in entry && entry.to)).toEqual(names);
    });
  });
});
