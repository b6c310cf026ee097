/** @file `millrace attention`: which tokens a language model looks at, as a table and a picture. */
import { extname, resolve } from "node:path";
import { attentionChart, renderPng, renderSvg } from "../plot/index.ts";
import { folderBytes } from "../store/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { openLanguage } from "./networks/open-language.ts";
import { networkArgument } from "./networks/open-network.ts";
import { columns } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const attention = command({
  name: "attention",
  summary: "The attention weights of a language model for a text: which token looks at which.",
  about: [
    "A row for each token of the text, a column for each token that it attends to: itself and those before it. A row adds up to 1. Without --head",
    "it is the mean of all heads.",
  ],
  arguments: {
    model: networkArgument,
    text: {
      type: "string",
      value: "TEXT",
      help: "what it reads; the last tokens that fit the context count",
    },
  },
  options: {
    layer: {
      type: "number",
      default: 1,
      min: 1,
      whole: true,
      value: "N",
      help: "the block, from 1 on",
    },
    head: { type: "number", min: 1, whole: true, value: "N", help: "one head, from 1 on" },
    figure: { type: "string", value: "FILE", help: "draw it, as .svg or .png" },
    theme: {
      type: "string",
      choices: ["light", "dark"],
      default: "light",
      value: "THEME",
      help: "of the picture",
    },
    dir,
  },
  examples: [
    'attention writer "a table has rows"',
    'attention writer "a table has rows" --layer 2 --head 1 --figure attention.svg',
    'attention writer@champion "a table has rows" --json',
  ],
  run: async ({ model: name, text, layer, head, figure, theme, dir: folder }) => {
    const ending = figure === undefined ? ".svg" : extname(figure);
    if (ending !== ".svg" && ending !== ".png")
      fail("cli/mismatch-option", {
        command: "attention",
        option: "figure",
        expected: "a file that ends in .svg or .png",
        got: figure ?? "",
      });
    const model = await openLanguage(folder, { command: "attention", name });
    const view = await model.attention(text, { layer, ...(head === undefined ? {} : { head }) });
    const { tokens, weights } = view;
    if (figure !== undefined) {
      const subtitle = `layer ${layer}, ${head === undefined ? `mean of ${model.options.heads} heads` : `head ${head}`}`;
      const spec = attentionChart(weights, tokens, { subtitle });
      const bytes =
        ending === ".png"
          ? await renderPng(spec, { theme })
          : Buffer.from(await renderSvg(spec, { theme }));
      const path = resolve(figure);
      const parent = resolve(path, "..");
      await folderBytes(parent).put(path.slice(parent.length + 1), bytes);
    }
    const rows = weights.map((row) => Array.from(row, (weight) => Number(weight.toFixed(6))));
    return { ...view, weights: rows, figure: figure === undefined ? null : resolve(figure) };
  },
  render: ({ tokens, weights, layer, head, figure }, { width }) => [
    `layer ${layer}, ${head === "mean" ? "mean of the heads" : `head ${head}`}`,
    ...columns(
      [
        ["", ...tokens],
        ...weights.map((row, i) => [
          tokens[i] ?? "",
          ...row.map((weight, j) => (j > i ? "" : weight.toFixed(2))),
        ]),
      ],
      { right: tokens.map((_, i) => i + 1), width },
    ),
    ...(figure === null ? [] : [`picture: ${figure}`]),
  ],
});
