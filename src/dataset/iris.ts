/** @file Fisher's irises: 150 flowers of three species, the measurements of 1936. */
import { category, float, int, type Row, schema } from "../table/index.ts";

const kinds = ["setosa", "versicolor", "virginica"] as const;

/** The columns of {@link iris}. */
export const irisSchema = schema("iris", {
  flower: int({ key: true, min: 0 }),
  sepal_length: float({ min: 0, unit: "cm" }),
  sepal_width: float({ min: 0, unit: "cm" }),
  petal_length: float({ min: 0, unit: "cm" }),
  petal_width: float({ min: 0, unit: "cm" }),
  species: category(kinds),
});

/** A flower of {@link iris}. */
export type IrisFlower = Row<typeof irisSchema>;

/**
 * The measurements printed in Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics
 * 7(2), 1936, which are in the public domain; as in R and scikit-learn, without the two misprints of other copies. A
 * word is a flower: length and width of its sepal, then of its petal, two digits each, in millimetres.
 */
const measured = {
  setosa: `
    51351402 49301402 47321302 46311502 50361402 54391704 46341403 50341502 44291402 49311501
    54371502 48341602 48301401 43301101 58401202 57441504 54391304 51351403 57381703 51381503
    54341702 51371504 46361002 51331705 48341902 50301602 50341604 52351502 52341402 47321602
    48311602 54341504 52411501 55421402 49311502 50321202 55351302 49361401 44301302 51341502
    50351303 45231303 44321302 50351606 51381904 48301403 51381602 46321402 53371502 50331402
  `,
  versicolor: `
    70324714 64324515 69314915 55234013 65284615 57284513 63334716 49243310 66294613 52273914
    50203510 59304215 60224010 61294714 56293613 67314414 56304515 58274110 62224515 56253911
    59324818 61284013 63254915 61284712 64294313 66304414 68284814 67305017 60294515 57263510
    55243811 55243710 58273912 60275116 54304515 60344516 67314715 63234413 56304113 55254013
    55264412 61304614 58264012 50233310 56274213 57304212 57294213 62294313 51253011 57284113
  `,
  virginica: `
    63336025 58275119 71305921 63295618 65305822 76306621 49254517 73296318 67255818 72366125
    65325120 64275319 68305521 57255020 58285124 64325323 65305518 77386722 77266923 60225015
    69325723 56284920 77286720 63274918 67335721 72326018 62284818 61304918 64285621 72305816
    74286119 79386420 64285622 63285115 61265614 77306123 63345624 64315518 60304818 69315421
    67315624 69315123 58275119 68325923 67335725 67305223 63255019 65305220 62345423 59305118
  `,
} as const;

/**
 * Fisher's irises, as they were measured: 50 flowers of each of three species. One species stands apart, the other two touch.
 *
 * @returns 150 rows, in the order of the paper's table; `flower` is the place in it, from 0.
 * @example
 * ```ts
 * iris().length // => 150
 * iris()[0]?.petal_width // => 0.2
 * ```
 * @see Fisher, Annals of Eugenics 7(2), 1936. Peer: scikit-learn `load_iris`, whose sums the tests assert.
 */
export function iris(): readonly IrisFlower[] {
  const flowers = kinds.flatMap((species) =>
    measured[species]
      .trim()
      .split(/\s+/)
      .map((digits) => ({ species, digits })),
  );
  return flowers.map(({ species, digits }, flower) => {
    const cm = (place: number): number => Number(digits.slice(2 * place, 2 * place + 2)) / 10;
    return {
      flower,
      sepal_length: cm(0),
      sepal_width: cm(1),
      petal_length: cm(2),
      petal_width: cm(3),
      species,
    };
  });
}
