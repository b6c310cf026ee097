/**
 * @file Imported before a program (`node --import`), it writes the address of every module that the program
 * loads to the file that LOADED_MODULES names, one a line. Plain JavaScript, because it is loaded first.
 */
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

const file = process.env.LOADED_MODULES;
registerHooks({
  load(url, context, next) {
    if (file !== undefined) appendFileSync(file, `${url}\n`);
    return next(url, context);
  },
});
