/**
 * @file All commands, by group, in the order of the flow: names and summaries only. A command's module, and
 * the rooms that it needs, are imported when it runs or when its own help is asked for.
 */
import type { CommandGroup } from "./command.ts";
import { executable } from "./execute.ts";
import { lazy } from "./lazy.ts";

/** What `millrace --help` lists. */
export const commandGroups: readonly CommandGroup[] = [
  {
    title: "All of it at once",
    rooms: [],
    commands: [
      lazy("demo", "From a raw file to a watched model in production, in one go.", async () =>
        executable((await import("./demo.ts")).demo),
      ),
      lazy(
        "learn",
        "Four lessons of classic learning, each held against stored metrics.",
        async () => executable((await import("./learn.ts")).learn),
      ),
    ],
  },
  {
    title: "Tables",
    rooms: ["table"],
    commands: [
      lazy("ingest", "Load delivered files into a table, each exactly once.", async () =>
        executable((await import("./ingest.ts")).ingestFiles),
      ),
      lazy("tables", "The tables of a workspace, their versions and last changes.", async () =>
        executable((await import("./show.ts")).tables),
      ),
      lazy(
        "describe",
        "What a table is made of: columns, rules, files, size, identity.",
        async () => executable((await import("./describe.ts")).describe),
      ),
      lazy("history", "What was done to a table: its versions, newest first.", async () =>
        executable((await import("./history.ts")).history),
      ),
      lazy(
        "changes",
        "Which rows of a table each version inserted, updated and deleted.",
        async () => executable((await import("./changes.ts")).changes),
      ),
      lazy("sql", "Ask the tables of a workspace in SQL.", async () =>
        executable((await import("./sql.ts")).sql),
      ),
      lazy(
        "lineage",
        "What each column of a table is made of, up to the files; or what is made of it.",
        async () => executable((await import("./lineage.ts")).lineage),
      ),
      lazy("export", "Write the rows of a table as CSV, JSON or Parquet.", async () =>
        executable((await import("./export.ts")).exportTable),
      ),
      lazy("restore", "Make a table what it was at an earlier version.", async () =>
        executable((await import("./restore.ts")).restore),
      ),
      lazy("optimize", "Pack a table's small files into large ones, or sort its rows.", async () =>
        executable((await import("./optimize.ts")).optimize),
      ),
      lazy("vacuum", "Remove the files of a table that no recent version needs.", async () =>
        executable((await import("./vacuum.ts")).vacuum),
      ),
    ],
  },
  {
    title: "Catalog",
    rooms: ["table"],
    commands: [
      lazy(
        "volumes",
        "The volumes of a workspace: named places for files, with what is in them.",
        async () => executable((await import("./volumes.ts")).volumes),
      ),
      lazy("create", "Make a volume for deliveries, a schema or a catalog.", async () =>
        executable((await import("./create.ts")).create),
      ),
      lazy(
        "annotate",
        "Say what a table, a column, a schema or a volume is: a comment, tags, an owner.",
        async () => executable((await import("./annotate.ts")).annotate),
      ),
      lazy("grants", "Who may do what: all grants, or those that hold for one thing.", async () =>
        executable((await import("./grants.ts")).grants),
      ),
      lazy("grant", "Grant a privilege on a catalog, schema, table or volume.", async () =>
        executable((await import("./grant.ts")).grant),
      ),
      lazy("revoke", "Take a grant back, where it was made.", async () =>
        executable((await import("./revoke.ts")).revoke),
      ),
      lazy(
        "drop",
        "Remove a table, volume, schema or catalog for good, with its files and grants.",
        async () => executable((await import("./drop.ts")).drop),
      ),
    ],
  },
  {
    title: "Validation",
    rooms: ["check"],
    commands: [
      lazy(
        "profile",
        "What the columns of a table or a file hold, what is missing, what moved.",
        async () => executable((await import("./profile.ts")).profile),
      ),
      lazy("check", "Judge a table or a file by a suite of expectations.", async () =>
        executable((await import("./check.ts")).check),
      ),
      lazy(
        "checkpoint",
        "Run the validations of a checkpoint, keep the results, take its actions.",
        async () => executable((await import("./checkpoint.ts")).checkpoint),
      ),
      lazy(
        "attach",
        "Attach the expectations of a suite to a table: every write obeys them.",
        async () => executable((await import("./attach.ts")).attach),
      ),
      lazy(
        "docs",
        "Write the data docs of a folder: its suites, all results, and profiles.",
        async () => executable((await import("./docs.ts")).docs),
      ),
    ],
  },
  {
    title: "Features",
    rooms: ["feature"],
    commands: [
      lazy(
        "features",
        "Plan, apply and look at feature tables, and keep the online store equal to them.",
        async () => executable((await import("./features.ts")).featureTables),
      ),
      lazy("leaks", "Find columns and rows that would let a model cheat.", async () =>
        executable((await import("./leaks.ts")).leaks),
      ),
    ],
  },
  {
    title: "Networks",
    rooms: ["nn"],
    commands: [
      lazy(
        "train",
        "Train a network on images: digits and scenes that are drawn, MNIST, or files.",
        async () => executable((await import("./train.ts")).train),
      ),
      lazy(
        "transfer",
        "Transfer learning: few images on a pretrained backbone, beside training from scratch.",
        async () => executable((await import("./transfer.ts")).transfer),
      ),
      lazy("anomalies", "Learn what normal images look like, and detect anomalies.", async () =>
        executable((await import("./anomalies.ts")).anomalies),
      ),
      lazy(
        "confidence",
        "How sure a network is of its predictions: accept, review, reject; and its calibration.",
        async () => executable((await import("./confidence.ts")).confidence),
      ),
      lazy(
        "maps",
        "Feature maps of an image, dead filters, and which pixels decide: saliency, Grad-CAM.",
        async () => executable((await import("./maps.ts")).maps),
      ),
      lazy(
        "compare",
        "Two networks side by side on one image, chosen by how sure the first is.",
        async () => executable((await import("./compare.ts")).compare),
      ),
      lazy(
        "decoder",
        "Train a small language model on texts: a decoder-only transformer.",
        async () => executable((await import("./decoder.ts")).decoder),
      ),
      lazy("generate", "Continue a text with a registered language model.", async () =>
        executable((await import("./generate.ts")).generate),
      ),
      lazy(
        "attention",
        "The attention weights of a language model for a text: which token looks at which.",
        async () => executable((await import("./attention.ts")).attention),
      ),
    ],
  },
  {
    title: "Learning",
    rooms: ["cluster", "forecast", "tune"],
    commands: [
      lazy("cluster", "Groups of rows that are alike, with a report and pictures.", async () =>
        executable((await import("./cluster.ts")).cluster),
      ),
      lazy(
        "forecast",
        "The next values of time series, with bounds, judged on their past.",
        async () => executable((await import("./forecast.ts")).forecast),
      ),
      lazy("automl", "Find the best model of a table under a budget.", async () =>
        executable((await import("./automl.ts")).automl),
      ),
      lazy(
        "studies",
        "The searches of a workspace: their trials, charts, and Optuna's files.",
        async () => executable((await import("./studies.ts")).studies),
      ),
    ],
  },
  {
    title: "Models",
    rooms: ["run", "registry"],
    commands: [
      lazy("runs", "The runs of a workspace with their metrics, newest first.", async () =>
        executable((await import("./show.ts")).runs),
      ),
      lazy("models", "The registered models, their versions and aliases.", async () =>
        executable((await import("./show.ts")).models),
      ),
      lazy(
        "model",
        "One registered model: its inputs and output; to and from XGBoost, LightGBM and ONNX.",
        async () => executable((await import("./model.ts")).model),
      ),
      lazy(
        "explain",
        "What each column is worth to a model, and why it told what it told of a row.",
        async () => executable((await import("./explain.ts")).explain),
      ),
    ],
  },
  {
    title: "Operation",
    rooms: ["serve", "monitor"],
    commands: [
      lazy(
        "server",
        "Keep experiments and runs for every client that speaks MLflow's protocol.",
        async () => executable((await import("./server.ts")).server),
      ),
      lazy("serve", "Answer requests over HTTP with the champion of a model.", async () =>
        executable((await import("./serve.ts")).serve),
      ),
      lazy("drift", "How far the columns of a table have moved from a reference.", async () =>
        executable((await import("./drift.ts")).drift),
      ),
    ],
  },
];
