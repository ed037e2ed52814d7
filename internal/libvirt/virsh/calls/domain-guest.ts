import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { DomainCalls } from '../../client.ts';
import { UnsupportedCallError } from '../../error.ts';
import type { DomainRef } from '../../objects.ts';
import { parseInterfaceAddresses } from '../output/addresses.ts';
import { parseFilesystemCount } from '../output/domain.ts';
import { parseMade } from '../output/host.ts';
import { parseDomainList } from '../output/lists.ts';
import { first } from '../output/outputs.ts';
import { parseGuestInfo, parseMemoryStats, parseStats } from '../output/typed-values.ts';
import type { Runner } from '../runner.ts';
import { withTemporaryFile } from '../temporary-file.ts';

type GuestCalls = Pick<
  DomainCalls,
  | 'stats'
  | 'memoryStats'
  | 'interfaceAddresses'
  | 'agentCommand'
  | 'guestInfo'
  | 'guestHostname'
  | 'freezeFilesystems'
  | 'thawFilesystems'
  | 'setUserPassword'
  | 'sendKeys'
  | 'openConsole'
  | 'screenshot'
>;

export function domainGuestCalls(runner: Runner): GuestCalls {
  return {
    // domstats shows names only: the references come from the list.
    stats: (query, call) =>
      runner.perform('domains.stats', call, async (attempt) => {
        const stats = first(await attempt.run('domains.stats', [query]));
        const domains = new Map<string, DomainRef>();
        for (const domain of parseDomainList(first(await attempt.run('domains.list', [])))) {
          domains.set(domain.name, domain);
        }
        return parseStats(stats, (name) => domains.get(name));
      }),
    memoryStats: (domain, call) =>
      runner.read('domains.memoryStats', [domain], call, (out) => parseMemoryStats(first(out))),
    interfaceAddresses: (domain, source, call) =>
      runner.read('domains.interfaceAddresses', [domain, source], call, (out) =>
        parseInterfaceAddresses(first(out)),
      ),
    agentCommand: (domain, command, options, call) =>
      runner.read('domains.agentCommand', [domain, command, options], call, (out) => first(out).trim()),
    guestInfo: (domain, call) =>
      runner.read('domains.guestInfo', [domain], call, (out) => parseGuestInfo(first(out))),
    guestHostname: (domain, source, call) =>
      runner.read('domains.guestHostname', [domain, source], call, (out) => first(out).trim()),
    freezeFilesystems: (domain, mountpoints, call) =>
      runner.read('domains.freezeFilesystems', [domain, mountpoints], call, (out) =>
        parseFilesystemCount(first(out)),
      ),
    thawFilesystems: (domain, mountpoints, call) =>
      runner.read('domains.thawFilesystems', [domain, mountpoints], call, (out) =>
        parseFilesystemCount(first(out)),
      ),
    setUserPassword: (domain, user, password, options, call) =>
      runner.done('domains.setUserPassword', [domain, user, password, options], call),
    sendKeys: (domain, keycodes, holdMs, call) =>
      runner.done('domains.sendKeys', [domain, keycodes, holdMs], call),
    openConsole: (_domain, _options, call) =>
      runner.perform('domains.openConsole', call, () =>
        Promise.reject(new UnsupportedCallError('domains.openConsole', 'virsh')),
      ),
    screenshot: (domain, screen, call) =>
      runner.perform('domains.screenshot', call, (attempt) =>
        withTemporaryFile('screenshot', async (file) => {
          const said = await attempt.run('domains.screenshot', [domain, screen], {
            files: { screenshot: file },
          });
          // "Screenshot saved to FILE, with type of MIME"
          return {
            mime: parseMade(first(said), /(\S+\/\S+)$/),
            image: Readable.from([await readFile(file)], { objectMode: false }),
          };
        }),
      ),
  };
}
