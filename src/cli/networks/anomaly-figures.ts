/** @file Figures of a detector of anomalies: reconstructed images, and the errors of both kinds. */
import type { Images } from "../../dataset/index.ts";
import type { AnomalyDetector } from "../../nn/index.ts";
import { histogramChart, type ImagesPanel, imagesFigure, renderSvg } from "../../plot/index.ts";
import { drawn, picture } from "./figure-files.ts";

/** Three images of each kind beside their reconstruction and the difference, and the errors of all. */
export async function anomalyFigures(
  detector: AnomalyDetector,
  normals: Images,
  others: Images,
): Promise<Readonly<Record<"anomalies" | "errors", string>>> {
  const panels = await Promise.all(
    [0, 1, 2].flatMap((row) => [
      panelsOf(detector, normals, { row, what: "normal" }),
      panelsOf(detector, others, { row, what: "other" }),
    ]),
  );
  return {
    anomalies: await imagesFigure(panels.flat(), {
      title: "Normal images and others, reconstructed",
      subtitle: `error above ${detector.threshold.toFixed(4)}: anomaly`,
      columns: 6,
    }),
    errors: await renderSvg(
      histogramChart(
        { training: await detector.errors(normals), now: await detector.errors(others) },
        {
          ...{ column: "error", names: ["normal", "others"], mark: detector.threshold },
          title: "Errors of normal images and of others",
          subtitle: `right of the line, above ${detector.threshold.toFixed(4)}: anomaly`,
        },
      ),
    ),
  };
}

async function panelsOf(
  detector: AnomalyDetector,
  of: Images,
  { row, what }: { readonly row: number; readonly what: string },
): Promise<readonly ImagesPanel[]> {
  if (row >= of.rows) return [];
  const { reconstruction, difference, error, isAnomaly } = await detector.show(of, row);
  const [, height, width] = of.shape;
  return [
    picture(of, row, `${what}: ${of.classes[of.labels[row] ?? 0]}`),
    drawn(of, reconstruction, "reconstruction"),
    {
      kind: "heat",
      title: `${error.toFixed(4)}${isAnomaly ? ", anomaly" : ""}`,
      shape: [height, width],
      values: difference.subarray(0, height * width),
    },
  ];
}
