import { readlink } from 'node:fs/promises';
import { ProtiumError } from '../errors/protium-error.ts';
import { openAllowedFile } from '../files/open-allowed-file.ts';
import type { MediumOffer } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';

/** Looks at the files of the host that a spec may mean by `iso`. Never rejects: what is wrong is in the offer. */
export type ReadMedia = (spec: Pick<Spec, 'volumes'>) => Promise<readonly MediumOffer[]>;

/** Where a CD says what it is (ECMA-119). */
const mark = { offset: 0x8001, text: 'CD001' };

/** @param roots where files may lie; relative names are resolved against the first, and bare ones against its `iso/` */
export function createMediaReader(roots: readonly string[]): ReadMedia {
  const read = async (asked: string): Promise<MediumOffer> => {
    const name = asked.includes('/') ? asked : `iso/${asked}`;
    try {
      return { asked, answer: { ok: true, ...(await inspect(name, roots)) } };
    } catch (error) {
      const problem = error instanceof ProtiumError ? error.message : `The medium "${asked}" cannot be read.`;
      return { asked, answer: { ok: false, problem } };
    }
  };
  return ({ volumes }) => Promise.all([...new Set(volumes.flatMap(({ iso }) => iso ?? []))].map(read));
}

async function inspect(
  name: string,
  roots: readonly string[],
): Promise<{ readonly path: string; readonly sizeBytes: number }> {
  const file = await openAllowedFile({ what: 'medium', name }, roots);
  try {
    const { buffer } = await file.read(Buffer.alloc(mark.text.length), 0, mark.text.length, mark.offset);
    if (buffer.toString('latin1') !== mark.text) {
      throw new ProtiumError(
        'argument-invalid',
        `The file "${name}" is no ISO image: it has no CD's file system.`,
      );
    }
    // With links followed, as it was checked: what the name means may change later.
    const path = await readlink(`/proc/self/fd/${file.fd}`);
    return { path, sizeBytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
