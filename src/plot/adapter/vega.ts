/** @file Vega-Lite spec to SVG text, without a browser, a canvas, a network or a file. */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Json } from "../../flow.ts";
import { bundledFont } from "./font.ts";

/** The SVG, or the reasons why there is none. */
export interface Drawn {
  readonly svg: string;
  readonly problems: readonly string[];
}

const regular = bundledFont("DejaVuSansCondensed");
const bold = bundledFont("DejaVuSansCondensed-Bold");

/** The files that a PNG is set in. */
export const fontFiles: readonly string[] = [regular.file, bold.file];

interface TextItem {
  readonly font?: string;
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  /** Vega cuts the text to this width; 0 is no limit. */
  readonly limit?: number;
}

// Vega lays text out by what this says; its own guess is 0.8 em for each character.
const measure: { width: (item: TextItem, text: unknown) => number } = (
  vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } }
).textMetrics;
const guess = measure.width;
measure.width = (item, text) => {
  if (item.font?.startsWith("DejaVu Sans Condensed") !== true) return guess(item, text);
  const heavy = item.fontWeight === "bold" || Number(item.fontWeight) >= 600;
  const width = (heavy ? bold : regular).width(String(text ?? "").trim()) * (item.fontSize ?? 11);
  return Math.min(width, item.limit || Infinity);
};

/** Ids in an SVG come from counters of the module, so one chart is drawn after another. */
let last: Promise<unknown> = Promise.resolve();

/** Draws one spec. Never rejects for a bad spec: what is wrong is in `problems`. */
export function drawSvg(spec: unknown, config: Readonly<Record<string, Json>>): Promise<Drawn> {
  const drawn = last.then(() => draw(spec, config));
  last = drawn;
  return drawn;
}

async function draw(spec: unknown, config: Readonly<Record<string, Json>>): Promise<Drawn> {
  const problems: string[] = [];
  const logger = problemLogger(problems);
  let view: vega.View | undefined;
  try {
    vega.resetSVGDefIds();
    // Vega marks the data it is given, so it is given a copy.
    const compiled = compile(structuredClone(spec) as TopLevelSpec, {
      config: { ...config },
      logger,
    });
    view = new vega.View(vega.parse(compiled.spec), { renderer: "none", loader: noLoader, logger });
    const svg = await view.toSVG();
    return { svg, problems };
  } catch (error) {
    return {
      svg: "",
      problems: [...problems, error instanceof Error ? error.message : `${error}`],
    };
  } finally {
    view?.finalize();
  }
}

/** Vega warns of what it cannot draw and goes on; here that is a problem. */
function problemLogger(problems: string[]): vega.LoggerInterface {
  const note = (...parts: readonly unknown[]): vega.LoggerInterface => {
    problems.push(parts.map(String).join(" "));
    return logger;
  };
  const quiet = (): vega.LoggerInterface => logger;
  const level = ((value?: number) =>
    value === undefined ? 2 : logger) as vega.LoggerInterface["level"];
  const logger: vega.LoggerInterface = {
    level,
    error: note,
    warn: note,
    info: quiet,
    debug: quiet,
  };
  return logger;
}

const refuse = (uri: string): Promise<never> => Promise.reject(new Error(`data elsewhere: ${uri}`));
const noLoader = {
  load: refuse,
  sanitize: refuse,
  http: refuse,
  file: refuse,
} as unknown as vega.Loader;
