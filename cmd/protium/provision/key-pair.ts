import { open, rm } from 'node:fs/promises';
import {
  KeyPairsServiceService,
  KeyPairType,
} from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';

/** Makes a key pair; its private half goes to `NAME.pem` here, for its owner alone, and is kept nowhere else. */
export async function createKeyPair(
  { daemon, output }: Pick<Session, 'daemon' | 'output'>,
  name: string,
  owner: string,
): Promise<void> {
  const file = `${name.replaceAll('/', '-')}.pem`;
  const target = await open(file, 'wx', 0o600).catch((error: unknown) => {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  });
  let written = false;
  try {
    const request = {
      name,
      type: KeyPairType.KEY_PAIR_TYPE_ED25519,
      owner,
      idempotencyKey: '',
      validateOnly: false,
    };
    const { privateKey } = await daemon.call(KeyPairsServiceService.createKeyPair, request);
    await target.writeFile(privateKey);
    written = true;
    output.note(`The private half of "${name}" is in ${file}.`);
  } finally {
    await target.close();
    if (!written) await rm(file, { force: true });
  }
}
