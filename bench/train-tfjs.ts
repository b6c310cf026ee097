/**
 * @file An epoch of the CNN of 14,410 parameters on 10,000 digits, in batches of 128 on one thread, beside TensorFlow.js on its WebAssembly
 * backend: the same layers, data and batches. That backend lacks the gradient of a convolution's kernel, so the bench
 * gives it one of its own products. Each side in a process of its own. `node bench/train-tfjs.ts [rounds]`
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writtenData } from "./networks.ts";
import { benchFolder } from "./peers.ts";
import { median, printResult, type Taken, takeTurns } from "./turns.ts";

const version = "4.22.0";

const script = `
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
setWasmPaths(pathToFileURL(process.cwd() + "/node_modules/@tensorflow/tfjs-backend-wasm/dist/").pathname);
await tf.setBackend("wasm");
if (tf.getBackend() !== "wasm") throw new Error("no wasm backend");
// dW[i, j] = xᵀ·dy over all places, for windows that move by one and have no zeros around
tf.registerKernel({ kernelName: "Conv2DBackpropFilter", backendName: "wasm", kernelFunc: ({ inputs, attrs }) => tf.tidy(() => {
  const tensor = (info) => tf.engine().makeTensorFromTensorInfo(info);
  const [x, dy] = [tensor(inputs.x), tensor(inputs.dy)];
  const [n, oh, ow, f] = dy.shape, [kh, kw, c] = attrs.filterShape;
  const flat = dy.reshape([n * oh * ow, f]), parts = [];
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++)
    parts.push(tf.matMul(x.slice([0, i, j, 0], [n, oh, ow, c]).reshape([n * oh * ow, c]), flat, true, false));
  return tf.stack(parts).reshape([kh, kw, c, f]);
}) });
const folder = process.argv[2];
const floats = (bytes, Type) => new Type(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const x = tf.tensor4d(floats(readFileSync(folder + "/x"), Float32Array), [10000, 28, 28, 1]);
const y = tf.oneHot(tf.tensor1d(floats(readFileSync(folder + "/y"), Int32Array), "int32"), 10).toFloat();
const relu = "relu", model = tf.sequential({ layers: [
  tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, activation: relu }), tf.layers.maxPooling2d({ poolSize: 2 }),
  tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: relu }), tf.layers.maxPooling2d({ poolSize: 2 }), tf.layers.flatten(),
  tf.layers.dense({ units: 32, activation: relu }), tf.layers.dense({ units: 10, activation: "softmax" }) ] });
model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
const seconds = [], cpus = []; let from = performance.now(), cpu = process.cpuUsage(), loss = 0;
await model.fit(x, y, { epochs: 2, batchSize: 128, verbose: 0, callbacks: { onEpochEnd: (_, logs) => {
  const used = process.cpuUsage(cpu); loss = logs.loss;
  seconds.push((performance.now() - from) / 1000); cpus.push((used.user + used.system) / 1e6);
  from = performance.now(); cpu = process.cpuUsage();
} } });
console.log(JSON.stringify({ seconds: seconds[1], cpuSeconds: cpus[1], loss }));
`;

/** The folder in which TensorFlow.js is installed. */
function peerFolder(): string {
  const folder = join(benchFolder, "tfjs");
  const ready = join(folder, `ready-${version}`);
  if (existsSync(ready)) return folder;
  console.log(`installing @tensorflow/tfjs ${version} in .bench/tfjs …`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}\n');
  const packages = [`@tensorflow/tfjs@${version}`, `@tensorflow/tfjs-backend-wasm@${version}`];
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages], {
    cwd: folder,
    stdio: "ignore",
  });
  writeFileSync(ready, "");
  return folder;
}

const rounds = Number(process.argv[2] ?? 3);
const [data, folder] = [await writtenData("cnn"), peerFolder()];
writeFileSync(join(folder, "peer.js"), script);
const program = fileURLToPath(new URL("./networks.ts", import.meta.url));
const lastLine = (text: string): Taken & { readonly loss: number } =>
  JSON.parse(text.trim().split("\n").at(-1) ?? "null");
console.log(execFileSync("uptime", { encoding: "utf8" }).trim());
const pairs = await takeTurns(
  {
    peerName: "TensorFlow.js",
    ours: () =>
      lastLine(
        execFileSync(process.execPath, [program, "cnn", "128", "1", "3"], { encoding: "utf8" }),
      ),
    peer: () =>
      lastLine(
        execFileSync(process.execPath, ["peer.js", data], {
          cwd: folder,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }),
      ),
  },
  rounds,
);
const middle = (side: "ours" | "peer"): number => median(pairs.map((pair) => pair[side].seconds));
printResult({ bench: "train-tfjs", ours: middle("ours"), peer: middle("peer") });
