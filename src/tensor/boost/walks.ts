/** @file Finished trees in a form that the kernel can walk over bins. */
import type { Crew } from "./crew.ts";
import type { Branch } from "./growers.ts";
import type { BoostJob } from "./job.ts";
import { routeBytes, taskRows } from "./layout.ts";
import { encodeRoute } from "./search.ts";

/** Trees that were written, by their place. */
export interface Walks {
  /** Writes a tree; `leafValueOf` gives what a leaf adds. */
  write(place: number, root: Branch, leafValueOf: (leaf: Branch) => number): void;
  /** Adds factor · leaf to the margins of an output; `outside`: only of rows that have no part in growing. */
  add(
    place: number,
    step: { readonly plane: number; readonly factor: number; readonly outside: boolean },
  ): void;
}

/** Opens the room for written trees. */
export function openWalks(crew: Crew, job: BoostJob): Walks {
  const { layout, memory } = job;
  const { walkNodes } = layout;
  const treeAt = (place: number): number => layout.walks + routeBytes * walkNodes * place;
  const write: Walks["write"] = (place, root, leafValueOf) => {
    const view = new DataView(memory.buffer, treeAt(place), routeBytes * walkNodes);
    const queue = [root];
    let sets = (walkNodes / 2) * place;
    for (const [i, branch] of queue.entries()) {
      const start = routeBytes * i;
      const kids = branch.kids?.();
      const bitsAt = layout.walkBits + layout.bitBytes * sets;
      encodeRoute({ job, view, start, bitsAt }, kids === undefined ? undefined : branch.node.split);
      if (kids !== undefined && branch.node.split?.bits !== undefined) sets++;
      view.setUint32(start + 20, kids === undefined ? 0 : queue.length, true);
      view.setFloat32(start + 24, kids === undefined ? leafValueOf(branch) : 0, true);
      if (kids !== undefined) queue.push(...kids);
    }
  };
  const add: Walks["add"] = (place, { plane, factor, outside }) =>
    crew.run({
      pass: "walk",
      step: taskRows,
      plane,
      factor,
      args: [treeAt(place), Number(outside)],
    });
  return { write, add };
}
