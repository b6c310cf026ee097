/** @file A registered language model by its name. */
import { type LanguageModel, loadLanguageModel } from "../../nn/index.ts";
import { openWorkspace } from "../../workspace/index.ts";
import { fail } from "../errors.ts";
import { openNetwork } from "./open-network.ts";

/** Opens it. @throws as `openNetwork`; `cli/mismatch-model` of a network that has no tokens */
export async function openLanguage(
  dir: string,
  { command, name }: { readonly command: string; readonly name: string },
): Promise<LanguageModel> {
  await using workspace = await openWorkspace(dir, { create: false });
  const { model } = await openNetwork(workspace, command, name);
  const files = model.files();
  if (!("language.json" in files))
    fail("cli/mismatch-model", {
      command,
      name,
      expected: "a language model, as the command decoder trains it",
      got: "another network",
    });
  return loadLanguageModel(files);
}
