/**
 * @file Lets a program import this checkout as `millrace`, without a build: `node --import`ed before it
 * by `./mill run`. `millrace/table` is the room's door. Plain JavaScript, because it is loaded first.
 */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

const sources = new URL("../src/", import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const [, room] = /^millrace(?:\/([\w/-]+))?$/.exec(specifier) ?? [];
    if (specifier !== "millrace" && room === undefined) return next(specifier, context);
    const door = new URL(room === undefined ? "index.ts" : `${room}/index.ts`, sources);
    return existsSync(door) ? next(door.href, context) : next(specifier, context);
  },
});
