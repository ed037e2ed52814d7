import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  ImagesServiceClient,
  ImagesServiceService,
  type UploadImageRequest,
  type UploadImageResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/images.ts';
import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { imagesService } from '../../../../internal/api/v1/images.ts';
import { connectDaemon } from '../../../../cmd/protium/connection/daemon.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import type { UploadRequest } from '../../../../internal/images/request.ts';
import { unowned } from '../../ownership/owners.ts';
import { noImages } from '../http/no-images.ts';
import { runningOperation } from '../http/running-operation.ts';
import { answered, connect, later, refused, serve, silent } from './harness.ts';

/** The service, and what uploads have brought; `take` is what an upload does with its content. */
async function uploads(take: (content: Readable) => Promise<unknown>) {
  const requests: UploadRequest[] = [];
  const images = {
    ...noImages,
    upload: (content: Readable, request: UploadRequest) => {
      requests.push(request);
      const done = take(content).then(() => ({ imageId: randomUUID(), name: request.name, digest: '' }));
      done.catch(() => undefined);
      return Promise.resolve({ id: 'op-1', done });
    },
  };
  const source = {
    images,
    owned: unowned(images),
    ownerOf: () => null,
    operations: { get: runningOperation },
  };
  const { address } = await serve([grpcService(imagesService(source), { log: silent })]);
  return { requests, address, client: connect(ImagesServiceClient, address) };
}

const upload = (name: string): UploadImageRequest => ({
  part: { $case: 'upload', value: { name, checksum: '', format: 'raw', os: undefined } },
});
const chunk = (bytes: number): UploadImageRequest => ({
  part: { $case: 'chunk', value: Buffer.alloc(bytes) },
});

const end: UploadImageRequest = { part: { $case: 'end', value: {} } };

const count = async (content: Readable): Promise<number> => {
  let bytes = 0;
  for await (const each of content) bytes += (each as Buffer).length;
  return bytes;
};

describe('UploadImage', () => {
  it('takes the content in chunks', async () => {
    let got = 0;
    const { requests, client } = await uploads(async (content) => {
      got = await count(content);
    });
    const { response } = await answered<UploadImageResponse>((done) => {
      const call = client.uploadImage(done);
      for (const request of [upload('x'), chunk(1000), chunk(500_000), chunk(1), end]) call.write(request);
      call.end();
      return call;
    });
    expect(response.operation?.id).toBe('op-1');
    expect(got).toBe(501_001);
    expect(requests).toEqual([{ name: 'x', checksum: null, format: 'raw', os: null }]);
  });

  it('is sent by the command line, which hears of a refusal before all is sent', async () => {
    const { address } = await uploads(async (content) => {
      for await (const _ of content) throw new ProtiumError('image-too-large', 'It is too large.');
    });
    const daemon = connectDaemon({ address, caFile: undefined });
    const endless = async function* () {
      yield upload('x');
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        yield chunk(65_536);
      }
    };
    await expect(daemon.send(ImagesServiceService.uploadImage, endless())).rejects.toMatchObject({
      code: 'image-too-large',
    });
    daemon.close();
  });

  it('is told by the command line when the file cannot be read', async () => {
    const seen = later<unknown>();
    const begun = later<unknown>();
    const { address } = await uploads(async (content) => {
      try {
        for await (const each of content) begun.resolve(each);
      } catch (error) {
        seen.resolve(error);
      }
    });
    const daemon = connectDaemon({ address, caFile: undefined });
    const broken = async function* () {
      yield upload('x');
      yield chunk(10);
      await begun.promise;
      throw new Error('EIO');
    };
    await expect(daemon.send(ImagesServiceService.uploadImage, broken())).rejects.toThrow('EIO');
    // What was sent is not taken for all.
    expect(await seen.promise).toBeInstanceOf(Error);
    daemon.close();
  });

  it.each([
    ['content without saying of what', [chunk(1)]],
    ['nothing', []],
    ['an end without a beginning', [end]],
    ['a second beginning', [upload('x'), upload('y')]],
    ['a name that is none', [upload('../x')]],
  ])('refuses %s', async (_, requests) => {
    const { client } = await uploads(count);
    const error = await refused(
      answered<UploadImageResponse>((done) => {
        const call = client.uploadImage(done);
        for (const request of requests) call.write(request);
        call.end();
        return call;
      }),
    );
    expect(error.code).toBe(status.INVALID_ARGUMENT);
  });
});
