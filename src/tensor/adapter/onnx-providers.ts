/** @file Execution providers of ONNX Runtime: what computes. One that is not there is replaced by the processor, with the reason. */
import { existsSync } from "node:fs";

/** What computes: the processor, or an accelerator through one of its interfaces. */
export type Provider = "cpu" | "cuda" | "webgpu" | "coreml" | "dml";
/** Names of all providers. */
export const providerNames = [
  "cpu",
  "cuda",
  "webgpu",
  "coreml",
  "dml",
] as const satisfies readonly Provider[];

/** In what order "auto" asks for accelerators. */
const accelerators = ["cuda", "dml", "coreml", "webgpu"] as const satisfies readonly Provider[];

/** What was opened, by what, and why not by what was asked for. */
export interface Provided<T> {
  readonly opened: T;
  readonly provider: Provider;
  /** Why the processor took the place of what was asked for; null where nothing was replaced. */
  readonly fallback: string | null;
}

/** The providers of a runtime, and how something is opened with one of them. */
export interface ProviderChoice<T> {
  /** Providers that the runtime was built with; the processor is one. */
  readonly built: readonly Provider[];
  readonly open: (provider: Provider) => Promise<T>;
}

/** Opens with the provider that is asked for, or else with the processor. "auto" is the first accelerator that opens. */
export async function openProvided<T>(
  asked: Provider | "auto",
  { built, open }: ProviderChoice<T>,
): Promise<Provided<T>> {
  const wanted =
    asked === "auto" ? accelerators.filter((one) => built.includes(one) && mayHave(one)) : [asked];
  const reasons: string[] = [];
  for (const provider of wanted) {
    if (provider === "cpu") break;
    if (!built.includes(provider)) {
      reasons.push(`${provider}: this build of the runtime has only ${built.join(", ")}`);
      continue;
    }
    try {
      return { opened: await open(provider), provider, fallback: null };
    } catch (error) {
      reasons.push(`${provider}: ${oneLine(error)}`);
    }
  }
  const none = asked === "auto" && reasons.length === 0 ? "auto: there is no accelerator" : null;
  const fallback = reasons.length === 0 ? none : reasons.join("; ");
  return { opened: await open("cpu"), provider: "cpu", fallback };
}

/** Whether the machine has a device at all: asking drivers in vain is slow, and some of them write to the terminal. */
function mayHave(provider: Provider): boolean {
  if (process.platform !== "linux") return true;
  const nvidia = existsSync("/dev/nvidiactl") || existsSync("/dev/dxg");
  return nvidia || (provider === "webgpu" && existsSync("/dev/dri"));
}

/** The last part of what a runtime says, in which the reason stands. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, " ").trim().slice(-160);
}
