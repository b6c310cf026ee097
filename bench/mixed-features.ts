/** @file The table of customers and the mixed features that the benches of features share. */
import {
  bucketize,
  countEncode,
  cyclic,
  features,
  flag,
  hashed,
  impute,
  indexLevels,
  logScale,
  minMax,
  oneHot,
  ordinal,
  quantileScale,
  robust,
  standardize,
  targetEncode,
} from "../src/feature/index.ts";
import { bool, category, float, int, schema, text, timestamp } from "../src/table/index.ts";

const nullable = { nullable: true } as const;
export const contracts = ["Month-to-month", "One year", "Two year"] as const;

/** The customers: numbers with holes, categories, cities of many levels, moments, and a label. */
export const customers = schema("customers", {
  id: int({ key: true }),
  tenure: int(nullable),
  age: int(nullable),
  calls: int(nullable),
  monthly: float(nullable),
  total: float(nullable),
  usage: float(nullable),
  balance: float(nullable),
  distance: float(nullable),
  score: float(nullable),
  contract: category(contracts),
  payment: text(),
  plan: text(),
  region: text(),
  city: text(),
  device: text(),
  partner: bool(),
  paperless: bool(),
  weekday: int(),
  joined: timestamp(),
  churn: bool(),
});

/** SQL that makes so many customers, the same every time. */
export const customersSql = (rows: number): string => `
  SELECT range AS id,
    CASE WHEN range % 50 = 0 THEN NULL ELSE (range * 7919 % 73) END::BIGINT AS tenure,
    (18 + range * 104729 % 70)::BIGINT AS age,
    CASE WHEN range % 40 = 0 THEN NULL ELSE (range * 1299709 % 30) END::BIGINT AS calls,
    CASE WHEN range % 30 = 0 THEN NULL ELSE 18 + (range * 15485863 % 10007) / 100.0 END::DOUBLE AS monthly,
    (range * 32452843 % 1000003) / 117.0 AS total,
    CASE WHEN range % 20 = 0 THEN NULL ELSE exp((range * 49979687 % 10009) / 1500.0) END AS usage,
    ((range * 67867967 % 200003) - 100000) / 31.0 AS balance,
    sqrt((range * 86028121 % 100019)::DOUBLE) AS distance,
    CASE WHEN range % 10 = 0 THEN NULL ELSE (range * 104395301 % 1009) / 1009.0 END AS score,
    ['Month-to-month', 'One year', 'Two year'][1 + (range * 31 % 3)] AS contract,
    'pay-' || (range * 131 % 4) AS payment, 'plan-' || (range * 137 % 12) AS plan,
    'region-' || (range * 139 % 25) AS region, 'city-' || (range * 7919 % 2000) AS city,
    'device-' || (range * 149 % 300) AS device,
    range * 151 % 2 = 0 AS partner, range * 157 % 3 = 0 AS paperless, (range * 163 % 7)::BIGINT AS weekday,
    to_timestamp(1500000000 + range * 7) AS joined, range * 167 % 10 < 3 AS churn
  FROM range(${rows})`;

/** Twenty features of twenty columns, by the techniques that scikit-learn has too. */
export const twenty = features(customers, (c) => ({
  tenure: standardize(c.tenure.orElse(0)),
  age: minMax(c.age),
  calls: impute(c.calls, { with: "median", own: true }),
  monthly: standardize(c.monthly),
  total: robust(c.total),
  usage: logScale(c.usage.orElse(0)),
  balance: standardize(c.balance),
  distance: bucketize(c.distance, { bins: 10, as: "oneHot" }),
  score: impute(c.score),
  spread: quantileScale(c.total, { points: 1000 }),
  widths: bucketize(c.balance, { bins: 8, by: "width" }),
  contract: ordinal(c.contract),
  payment: oneHot(c.payment),
  plan: oneHot(c.plan),
  region: oneHot(c.region),
  city: targetEncode(c.city),
  device: indexLevels(c.device),
  partner: flag(c.partner),
  weekday: cyclic(c.weekday, { period: 7 }),
  hashed: hashed(c.city, { buckets: 16 }),
}));

/** Thirty features for one row at a time. */
export const thirty = features(customers, (c) => ({
  ...twenty.byName,
  paperless: flag(c.paperless, { missing: "own" }),
  perMonth: standardize(c.total.over(c.tenure.atLeast(1))),
  hour: cyclic(c.joined.part("hour", { zone: "Europe/Berlin" }), { period: 24 }),
  day: cyclic(c.joined.part("weekday"), { period: 7 }),
  rows: countEncode(c.city),
  deviceRows: countEncode(c.device, { as: "share" }),
  calls0: minMax(c.calls),
  usage0: robust(c.usage),
  score0: bucketize(c.score, { bins: 20 }),
  days: standardize(c.joined.daysSince(new Date("2020-01-01T00:00:00Z"))),
}));
