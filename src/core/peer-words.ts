/** @file What scikit-learn, XGBoost, LightGBM and SciPy call what is called otherwise here: only for "did you mean". */

/** A name in the spelling by which names of peers are compared: `n_estimators` and `nEstimators` are one. */
export const plainSpelling = (name: string): string =>
  name.toLowerCase().replaceAll(/[_\-\s@]/g, "");

/** Our names, each with what peers say for it, plainly spelt. */
const peersSay: Readonly<Record<string, readonly string[]>> = {
  // options
  trees: [
    "nestimators",
    "numboostround",
    "nrounds",
    "nround",
    "niterations",
    "numiterations",
    "numtrees",
    "ntrees",
    "iterations",
    "rounds",
    "maxiter",
  ],
  depth: ["maxdepth"],
  maxDepth: ["depth"],
  leaves: ["maxleaves", "numleaves", "maxleafnodes"],
  learningRate: ["eta", "shrinkage", "shrinkagerate", "lr"],
  l1: ["alpha", "regalpha", "lambdal1"],
  l2: ["lambda", "reglambda", "lambdal2", "alpha", "c"],
  minRows: ["mindatainleaf", "minsamplesleaf", "minchildsamples"],
  minSamplesLeaf: ["minrows", "mindatainleaf"],
  minChildWeight: ["minsumhessianinleaf"],
  minGain: ["gamma", "minsplitloss", "mingaintosplit"],
  rowSample: ["subsample", "baggingfraction"],
  columnSample: ["colsamplebytree", "featurefraction"],
  columnSampleLevel: ["colsamplebylevel"],
  columnSampleNode: ["colsamplebynode", "featurefractionbynode"],
  bins: ["maxbin", "maxbins"],
  monotone: ["monotoneconstraints", "monotoniccst"],
  interactions: ["interactionconstraints", "interactioncst"],
  dropRate: ["ratedrop"],
  patience: ["earlystoppingrounds", "niternochange"],
  metric: ["evalmetric", "scoring", "score"],
  seed: ["randomstate", "randomseed"],
  threads: ["njobs", "nthread", "numthreads", "nthreads"],
  outOfBag: ["oobscore", "oob"],
  classWeights: ["classweight", "scaleposweight"],
  pruning: ["ccpalpha"],
  maxIterations: ["maxiter", "niter"],
  tolerance: ["tol"],
  clusters: ["k", "nclusters", "ncomponents"],
  starts: ["ninit"],
  centres: ["init", "centers"],
  components: ["ncomponents", "k"],
  neighbours: ["k", "nneighbors", "neighbors", "minsamples", "minpts"],
  distance: ["eps", "epsilon", "metric", "radius"],
  power: ["p"],
  cost: ["c"],
  folds: ["cv", "k", "nsplits", "nfolds"],
  batchRows: ["batchsize"],
  // metrics
  auc: ["rocauc", "rocaucscore"],
  prAuc: ["averageprecision", "aucpr", "praucscore"],
  logLoss: ["neglogloss", "crossentropy", "binarylogloss"],
  brier: ["brierscore", "negbrierscore"],
  matthews: ["mcc", "matthewscorrcoef"],
  kappa: ["cohenkappa", "cohenkappascore"],
  calibrationError: ["ece"],
  rmse: ["negrootmeansquarederror", "rootmeansquarederror"],
  mse: ["negmeansquarederror", "meansquarederror", "l2"],
  mae: ["negmeanabsoluteerror", "meanabsoluteerror", "l1"],
  r2: ["rsquared", "r2score"],
};

/** The one of our names that a peer's name stands for; undefined where none of them does. */
export function namedByPeers(given: string, names: readonly string[]): string | undefined {
  const plain = plainSpelling(given);
  return (
    names.find((name) => plainSpelling(name) === plain) ??
    names.find((name) => peersSay[name]?.includes(plain) === true)
  );
}
