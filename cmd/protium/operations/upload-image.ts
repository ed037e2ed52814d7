import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ImagesServiceService,
  type ImageUpload,
  type UploadImageRequest,
} from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';

const chunkBytes = 2 ** 18;

/** Sends a file of this machine as an image, with how far it is on the terminal; the operation that stores it. */
export async function uploadImage(
  { daemon, output }: Pick<Session, 'daemon' | 'output'>,
  file: string,
  upload: ImageUpload,
): Promise<Operation | undefined> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  });
  let sent = 0;
  const requests = async function* (): AsyncGenerator<UploadImageRequest> {
    yield { part: { $case: 'upload', value: upload } };
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
      yield { part: { $case: 'chunk', value: chunk as Buffer } };
      sent += (chunk as Buffer).length;
      output.progress(
        `${path.basename(file)}: ${size === 0 ? 100 : Math.floor((sent / size) * 100)} % uploaded`,
      );
    }
    yield { part: { $case: 'end', value: {} } };
  };
  try {
    return (await daemon.send(ImagesServiceService.uploadImage, requests())).operation;
  } finally {
    output.endProgress();
  }
}
