/** @file A peer in a Python process that stays: it is asked in lines of JSON, so that it starts once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Python } from "./python.ts";

/** A running peer. */
export interface Peer {
  /** Calls one of the script's functions with keyword arguments; throws what Python threw, as text. */
  ask(call: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

const mark = "\u001e";
const loop = `
import os as _os
for _line in sys.stdin:
  _call = json.loads(_line)
  try: _answer = json.dumps({"value": globals()[_call["call"]](**_call["args"])}, default=str)
  except Exception as _e: _answer = json.dumps({"error": f"{type(_e).__name__}: {_e}"})
  print("\\u001e" + _answer, flush=True)
_os._exit(0)
`;

/** Starts a script whose functions are what can be asked. */
export function openPeer(python: Python, script: string): Peer {
  if ("missing" in python) throw new Error(python.missing);
  const code = `import sys, json\n${script}\n${loop}`;
  const child = spawn(python.path, ["-c", code], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting: ((line: string | undefined) => void)[] = [];
  let errors = "";
  let isOver = false;
  child.stderr.on("data", (data) => {
    errors = `${errors}${String(data)}`.slice(-3000);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith(mark)) waiting.shift()?.(line.slice(1));
  });
  child.stdin.on("error", () => undefined); // its end is told below
  const ended = once(child, "close").then(() => {
    isOver = true;
    for (const tell of waiting.splice(0)) tell(undefined);
  });
  const ask: Peer["ask"] = async (call, args = {}) => {
    if (isOver) throw new Error(`the peer ended: ${errors}`);
    const line = new Promise<string | undefined>((resolve) => waiting.push(resolve));
    child.stdin.write(`${JSON.stringify({ call, args })}\n`);
    const said = await line;
    if (said === undefined) throw new Error(`the peer ended: ${errors}`);
    const answer = JSON.parse(said) as { value?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  };
  return {
    ask,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
