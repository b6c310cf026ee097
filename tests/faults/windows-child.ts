/** @file A process that writes rows and refreshes windows of them until it is killed: `node windows-child.ts LAKE FIRST-ID`. */
import { isMillraceError } from "../../src/core/index.ts";
import { featureWindows } from "../../src/feature/index.ts";
import { float, int, openLake, schema, text, timestamp } from "../../src/table/index.ts";

export const orders = schema("orders", {
  id: int({ key: true }),
  who: text(),
  at: timestamp(),
  paid: float(),
});
export const spanMs = 3000;

/** The windows that the children keep. */
export const spending = featureWindows(
  {
    ...{ name: "shop.spending", from: "shop.orders", source: orders },
    ...{ entity: "who", time: "at", every: { seconds: 1 } },
  },
  (c, w) => ({ paid: w.sum(c.paid, { seconds: 3 }), orders: w.count({ seconds: 3 }) }),
);

if (process.argv[1] === import.meta.filename) {
  const [, , folder = "", first = "0"] = process.argv;
  await using lake = await openLake(folder);
  const table = lake.table("shop.orders", orders, { changeFeed: true });
  for (let id = Number(first); ; id += 2) {
    const at = new Date(Date.now() - ((id * 7919) % 5000)); // some late, some not
    await table.append([{ id, who: id % 3 === 0 ? "ada" : "bob", at, paid: (id % 5) + 1 }]);
    await spending.refresh(lake, { until: new Date() }).catch((error: unknown) => {
      // The other one is further already, or was faster ten times in a row.
      const isLate = isMillraceError(error, "feature/out-of-range-refresh");
      if (!isLate && !isMillraceError(error, "table/conflict-newer")) throw error;
    });
    process.stdout.write("done\n");
  }
}
