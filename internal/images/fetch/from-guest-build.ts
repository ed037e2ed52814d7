import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { ProtiumError } from '../../errors/protium-error.ts';
import { copyStream } from './copy-stream.ts';
import type { Fetcher } from './fetch-content.ts';

/** The first build downloads packages. */
const deadlineMs = 20 * 60_000;

/**
 * Builds the test guest from the distribution's packages.
 *
 * @param script img/guest/build.sh of the checkout that the daemon runs in
 */
export function fromGuestBuild(script: string): Fetcher<'guest-build'> {
  return async (_plan, file, run) => {
    const { directory, signal, progress } = run;
    if (!existsSync(script)) {
      throw new ProtiumError(
        'unsupported',
        `There is no ${script}: start the daemon in a checkout of Protium, or import another image.`,
        { details: { path: script } },
      );
    }
    progress(0, 'build it from packages');
    const target = path.join(directory, 'guest');
    const result = await execa('bash', [script, target], {
      stdin: 'ignore',
      stdout: 'ignore',
      timeout: deadlineMs,
      cancelSignal: signal,
      reject: false,
    });
    signal.throwIfAborted();
    if (result.failed) {
      throw new ProtiumError(
        'host-incapable',
        `The guest cannot be built: ${result.stderr.trim().split('\n').at(-1) ?? 'no reason given'}`,
        { details: { path: script, exitCode: result.exitCode ?? -1 } },
      );
    }
    const built = path.join(target, 'protium-guest.qcow2');
    await copyStream(createReadStream(built), file, run, (await stat(built)).size);
  };
}
