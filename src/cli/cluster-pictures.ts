/** @file The pictures of `millrace cluster`. */
import {
  type ClusterChoices,
  type ClusterData,
  type Clusters,
  isAgglomerative,
  pca,
} from "../cluster/index.ts";
import { silhouettes } from "../metric/index.ts";
import {
  type ChartSpec,
  dendrogramChart,
  elbowChart,
  renderSvg,
  scatterChart,
  silhouetteChart,
} from "../plot/index.ts";
import type { Joins } from "../tensor/index.ts";

/** A picture as a file. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
}

/** What there is to draw. */
interface Found extends ClusterData {
  readonly learned: Clusters;
  readonly labels: Int32Array;
  readonly choices: ClusterChoices | null;
}

const mostSilhouettes = 3000; // rows whose silhouettes are drawn: each is compared with all
const mostLeaves = 40;

/** The rows along two components, their silhouettes, what decided the number, and the tree where there is one. */
export async function clusterPictures(found: Found): Promise<readonly Picture[]> {
  const first: readonly [string, ChartSpec] = ["clusters", await plane(found)];
  const specs = [first, ...drawnSilhouettes(found), ...decided(found.choices)];
  if (isAgglomerative(found.learned) && found.labels.length > 1) {
    const { joins, clusters } = found.learned;
    const last = joins.heights.length + 1 - clusters; // the first join that was not made
    const [below, above] = [joins.heights[last - 1] ?? 0, joins.heights[last]];
    const cut = above === undefined ? {} : { cut: (below + above) / 2 };
    const { names, ...tree } = lastJoins(joins);
    specs.push(["dendrogram", dendrogramChart(tree, { names, ...cut })]);
  }
  const draw = async ([name, spec]: (typeof specs)[number]): Promise<Picture> => ({
    name: `${name}.svg`,
    svg: await renderSvg(spec),
  });
  return Promise.all(specs.map(draw));
}

async function plane({ x, names, labels, learned }: Found): Promise<ChartSpec> {
  const title = `${learned.kind}: ${learned.clusters} clusters`;
  const classes = Array.from(labels, (label) => (label < 0 ? "none" : `cluster ${label}`));
  const isFlat = x.data.every((value, at) => value === x.data[at % x.cols]);
  if (isFlat)
    return scatterChart(
      { x: new Float64Array(x.rows), y: new Float64Array(x.rows), classes },
      { title },
    );
  const found = await pca({ components: Math.min(2, x.cols, x.rows) }).learn({ x, names });
  const z = found.apply(x);
  const column = (k: number): Float64Array =>
    Float64Array.from({ length: z.rows }, (_, i) =>
      k < z.cols ? (z.data[i * z.cols + k] ?? 0) : 0,
    );
  const axis = (k: number): string =>
    k < z.cols
      ? `component ${k + 1}, ${(100 * (found.shares[k] ?? 0)).toFixed(1)} % of the variance`
      : "there is no second component";
  return scatterChart({ x: column(0), y: column(1), classes }, { title, axes: [axis(0), axis(1)] });
}

/** The silhouettes of rows that are in a cluster, where there are several and not too many rows. */
function drawnSilhouettes({
  x,
  labels,
  learned,
}: Found): readonly (readonly [string, ChartSpec])[] {
  if (learned.clusters < 2 || x.rows > mostSilhouettes) return [];
  const each = silhouettes(x, labels);
  const inside = Array.from(labels.keys()).filter((i) => (labels[i] ?? -1) >= 0);
  const values = inside.map((i) => each[i] ?? 0);
  return [
    [
      "silhouettes",
      silhouetteChart(
        values,
        inside.map((i) => labels[i] ?? 0),
      ),
    ],
  ];
}

/** The last joins; what joined before is one leaf, named by its number of rows. */
function lastJoins({ left, right, heights, sizes }: Joins) {
  const rows = heights.length + 1;
  const first = Math.max(0, heights.length - mostLeaves + 1);
  const leaves = new Map<number, number>();
  const names: string[] = [];
  const children = Array.from(
    { length: heights.length - first },
    (_, i) => [left[first + i] ?? 0, right[first + i] ?? 0] as const,
  );
  for (const node of children.flat()) {
    if (node >= rows + first) continue;
    leaves.set(node, names.length);
    names.push(
      node < rows ? `row ${node}` : `${(sizes[node - rows] ?? 0).toLocaleString("en-US")} rows`,
    );
  }
  const number = (node: number): number => leaves.get(node) ?? names.length + node - rows - first;
  return {
    left: children.map(([node]) => number(node)),
    right: children.map(([, node]) => number(node)),
    heights: heights.slice(first),
    names,
  };
}

function decided(choices: ClusterChoices | null): readonly (readonly [string, ChartSpec])[] {
  if (choices === null) return [];
  const { best } = choices;
  const ways = [
    { name: "inertia", best: best.elbow },
    { name: "silhouette", best: best.silhouette },
    { name: "gap", best: best.gap },
    { name: "bic", best: best.bic },
  ] as const;
  return ways.flatMap((way) => {
    const counts = choices.choices.flatMap((one) => {
      const value = one[way.name];
      return value === null ? [] : [{ clusters: one.clusters, value }];
    });
    if (counts.length === 0) return [];
    const chosen = way.best === null ? {} : { chosen: way.best };
    return [[way.name, elbowChart(counts, { measure: way.name, ...chosen })] as const];
  });
}
