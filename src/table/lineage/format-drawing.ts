/** @file A lineage as a drawing: in the languages of Mermaid and of Graphviz. */
import type { LineageEdge, LineageEnd } from "./edges.ts";
import {
  columnText,
  endTarget,
  type FormatLineageOptions,
  filesText,
  placeKey,
} from "./lineage-text.ts";
import type { TableLineage } from "./table-lineage.ts";

/** The steps that have to do with what was asked for. */
function chosenEdges(
  lineage: TableLineage,
  { column, direction = "upstream" }: FormatLineageOptions,
): readonly LineageEdge[] {
  const edges = direction === "upstream" ? lineage.upstream : lineage.downstream;
  if (column === undefined) return edges;
  const up = direction === "upstream";
  const reached = new Set([placeKey({ table: lineage.table, column })]);
  const chosen = new Set<LineageEdge>();
  for (let size = -1; size < reached.size; ) {
    size = reached.size;
    for (const edge of edges) {
      const [near, far] = up ? [edge.to, endTarget(edge.from)] : [endTarget(edge.from), edge.to];
      if (!reached.has(placeKey(near))) continue;
      chosen.add(edge);
      if (far !== undefined) reached.add(placeKey(far));
    }
  }
  return [...chosen];
}

/** A drawing before it has a language. */
interface Drawing {
  /** Boxes with the columns in them. */
  readonly boxes: readonly {
    readonly id: string;
    readonly title: string;
    readonly nodes: readonly { readonly id: string; readonly label: string }[];
  }[];
  readonly arrows: readonly {
    readonly from: string;
    readonly to: string;
    readonly decides: boolean;
  }[];
}

function drawingOf(lineage: TableLineage, options: FormatLineageOptions): Drawing {
  const boxes = new Map<
    string,
    { id: string; title: string; nodes: Map<string, { id: string; label: string }> }
  >();
  const node = (title: string, label: string): string => {
    const box = boxes.get(title) ?? { id: `b${boxes.size}`, title, nodes: new Map() };
    boxes.set(title, box);
    const found = box.nodes.get(label) ?? { id: `${box.id}_${box.nodes.size}`, label };
    box.nodes.set(label, found);
    return found.id;
  };
  const arrows = chosenEdges(lineage, options).map(({ from, to }) => ({
    from: node(boxTitle(from), columnText(from.column)),
    to: node(to.table, columnText(to.column)),
    decides: to.column === null,
  }));
  return {
    boxes: [...boxes.values()].map((box) => ({ ...box, nodes: [...box.nodes.values()] })),
    arrows,
  };
}

function boxTitle(end: LineageEnd): string {
  if (end.kind === "file") return filesText(end.names);
  return end.kind === "rows" ? "rows in memory" : end.name;
}

/**
 * A lineage as a flowchart of Mermaid: a box for each table and file, an arrow for each step; dotted
 * arrows show what decides which rows there are.
 *
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * await lake.table("demo.points", schema("points", { x: int() })).append([{ x: 1 }]);
 * formatMermaid(await lake.lineage("demo.points")).split("\n")[0] // => "flowchart LR"
 * ```
 */
export function formatMermaid(lineage: TableLineage, options: FormatLineageOptions = {}): string {
  const { boxes, arrows } = drawingOf(lineage, options);
  const lines = boxes.flatMap(({ id, title, nodes }) => [
    `  subgraph ${id}["${mermaidText(title)}"]`,
    ...nodes.map((node) => `    ${node.id}["${mermaidText(node.label)}"]`),
    "  end",
  ]);
  const steps = arrows.map(
    ({ from, to, decides }) => `  ${from} ${decides ? "-.->" : "-->"} ${to}`,
  );
  return ["flowchart LR", ...lines, ...steps, ""].join("\n");
}

/** Signs that Mermaid would obey, by their numbers. */
const mermaidText = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{N} _.,:…()–-]/gu, (sign) => `#${sign.codePointAt(0)};`);

/** A lineage as a graph of Graphviz, like {@link formatMermaid}. */
export function formatDot(lineage: TableLineage, options: FormatLineageOptions = {}): string {
  const { boxes, arrows } = drawingOf(lineage, options);
  const lines = boxes.flatMap(({ id, title, nodes }) => [
    `  subgraph cluster_${id} {`,
    `    label=${dotText(title)};`,
    ...nodes.map((node) => `    ${node.id} [label=${dotText(node.label)}];`),
    "  }",
  ]);
  const steps = arrows.map(
    ({ from, to, decides }) => `  ${from} -> ${to}${decides ? " [style=dotted]" : ""};`,
  );
  return [
    "digraph lineage {",
    "  rankdir=LR;",
    "  node [shape=box];",
    ...lines,
    ...steps,
    "}",
    "",
  ].join("\n");
}

/** A text between double quotes; a backslash stands for itself. */
const dotText = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/\s/g, " ")}"`;
