import type { DomainCalls } from '../../client.ts';
import { parseBlockInfo, parseBlockJob, parseJobStats } from '../output/domain.ts';
import { first } from '../output/outputs.ts';
import type { Runner } from '../runner.ts';

type BlockCalls = Pick<
  DomainCalls,
  | 'blockInfo'
  | 'blockResize'
  | 'blockPull'
  | 'blockCommit'
  | 'blockCopy'
  | 'blockJob'
  | 'blockJobAbort'
  | 'jobStats'
  | 'abortJob'
  | 'migrateToUri'
>;

export function domainBlockCalls(runner: Runner): BlockCalls {
  return {
    blockInfo: (domain, disk, call) =>
      runner.read('domains.blockInfo', [domain, disk], call, (out) => parseBlockInfo(first(out))),
    blockResize: (domain, disk, bytes, call) =>
      runner.done('domains.blockResize', [domain, disk, bytes], call),
    blockPull: (domain, disk, options, call) =>
      runner.done('domains.blockPull', [domain, disk, options], call),
    blockCommit: (domain, disk, options, call) =>
      runner.done('domains.blockCommit', [domain, disk, options], call),
    blockCopy: (domain, disk, destination, options, call) =>
      runner.done('domains.blockCopy', [domain, disk, destination, options], call),
    blockJob: (domain, disk, call) =>
      runner.read('domains.blockJob', [domain, disk], call, (out) => parseBlockJob(first(out))),
    blockJobAbort: (domain, disk, options, call) =>
      runner.done('domains.blockJobAbort', [domain, disk, options], call),
    jobStats: (domain, options, call) =>
      runner.read('domains.jobStats', [domain, options], call, (out) => parseJobStats(first(out))),
    abortJob: (domain, call) => runner.done('domains.abortJob', [domain], call),
    migrateToUri: (domain, destination, options, call) =>
      runner.done('domains.migrateToUri', [domain, destination, options], call),
  };
}
