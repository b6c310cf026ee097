/** @file Images that registered networks are asked about. */
import type { Images } from "../../dataset/index.ts";
import { sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { type ImageTask, testImagesOf } from "./image-source.ts";
import type { OpenedNetwork } from "./open-network.ts";

/** The test images of a source, of the shape that each of the networks takes. @throws as `imagesOf`; `cli/mismatch-images` */
export async function judgedImages(
  task: ImageTask,
  networks: readonly OpenedNetwork[],
): Promise<Images> {
  const images = await testImagesOf(task);
  const { command, source } = task;
  const got = images.shape;
  for (const { version, model } of networks) {
    const expected = model.trained.network.inputShape;
    if (sizeOf(expected) !== sizeOf(got))
      fail("cli/mismatch-images", { command, source, network: version.name, expected, got });
  }
  return images;
}
