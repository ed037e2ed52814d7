import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KvmEvidence } from './evidence.ts';

/** @param root where /dev and /proc of the machine are, `/` for this one */
export async function gatherKvm(root: string): Promise<KvmEvidence> {
  const cpuinfo = await readFile(path.join(root, 'proc/cpuinfo'), 'utf8').catch(() => '');
  const flags = new Set((/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '').trim().split(/\s+/));
  return {
    device: await deviceState(path.join(root, 'dev/kvm')),
    processorFlag: ['vmx', 'svm'].find((flag) => flags.has(flag)) ?? null,
    insideVm: flags.has('hypervisor'),
  };
}

async function deviceState(file: string): Promise<KvmEvidence['device']> {
  try {
    await access(file, constants.R_OK | constants.W_OK);
    return 'usable';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'absent' : 'forbidden';
  }
}
