import type { DomainCalls } from '../../client.ts';
import type { DomainStatsGroup, TypedValue } from '../../objects.ts';
import type { Session } from '../session.ts';
import { addressFamilies, memoryStatTags, nameOf } from '../wire/enumerations.ts';
import { guests } from '../wire/procedures/domain-guest.ts';
import { toRecord } from '../wire/typed-parameters.ts';
import { bit } from './flags.ts';

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

/** virDomainStatsTypes. */
const statsGroups: Readonly<Record<DomainStatsGroup, number>> = {
  state: 1 << 0,
  cpu: 1 << 1,
  balloon: 1 << 2,
  vcpu: 1 << 3,
  interface: 1 << 4,
  block: 1 << 5,
  perf: 1 << 6,
  iothread: 1 << 7,
  memory: 1 << 8,
  dirtyrate: 1 << 9,
};
/** virDomainInterfaceAddressesSource. */
const addressSources = { lease: 0, agent: 1, arp: 2 } as const;
/** virDomainGetHostnameFlags. */
const hostnameSources = { lease: 1 << 0, agent: 1 << 1 } as const;
const memoryStatsMaximum = 1024;
const linuxKeycodes = 0;
/** VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT: libvirt's own time limit for the agent. */
const agentDefaultTimeout = -1;

export function domainGuestCalls(session: Session): GuestCalls {
  return {
    stats: async (query, call) => {
      const values = {
        doms: query.domains ?? [],
        stats: query.groups.reduce((bits, group) => bits | statsGroups[group], 0),
        flags:
          bit(query.active === true, 1 << 0) |
          bit(query.active === false, 1 << 1) |
          bit(query.nowait, 1 << 29),
      };
      const { retStats } = await session.call('domains.stats', guests.getAllDomainStats, values, call);
      return retStats.map(({ dom, params }) => ({ domain: dom, stats: toRecord(params) }));
    },
    memoryStats: async (dom, call) => {
      const values = { dom, maxStats: memoryStatsMaximum, flags: 0 };
      const { stats } = await session.call('domains.memoryStats', guests.memoryStats, values, call);
      return Object.fromEntries(
        stats.map(({ tag, val }): [string, TypedValue] => [memoryStatTags[tag] ?? `tag${tag}`, val]),
      );
    },
    // The guest's agent may let us wait.
    interfaceAddresses: async (dom, source, call) => {
      const values = { dom, source: addressSources[source], flags: 0 };
      const { ifaces } = await session.slowCall(
        'domains.interfaceAddresses',
        guests.interfaceAddresses,
        values,
        call,
      );
      return ifaces.map(({ name, hwaddr, addrs }) => ({
        interface: name,
        mac: hwaddr,
        addresses: addrs.map(({ type, addr, prefix }) => ({
          family: nameOf(addressFamilies, type, 'address type'),
          address: addr,
          prefix,
        })),
      }));
    },
    agentCommand: async (dom, cmd, { timeoutSeconds } = {}, call) => {
      const values = { dom, cmd, timeout: timeoutSeconds ?? agentDefaultTimeout, flags: 0 };
      const limits =
        timeoutSeconds === undefined
          ? call
          : { ...call, deadlineMs: call?.deadlineMs ?? Math.max(30_000, (timeoutSeconds + 5) * 1000) };
      return (
        (await session.slowCall('domains.agentCommand', guests.agentCommand, values, limits)).result ?? ''
      );
    },
    guestInfo: async (dom, call) => {
      const values = { dom, types: 0, flags: 0 };
      return toRecord(
        (await session.slowCall('domains.guestInfo', guests.getGuestInfo, values, call)).params,
      );
    },
    guestHostname: async (dom, source, call) => {
      const values = { dom, flags: hostnameSources[source] };
      return (await session.slowCall('domains.guestHostname', guests.getHostname, values, call)).hostname;
    },
    freezeFilesystems: async (dom, mountpoints, call) => {
      const values = { dom, mountpoints, flags: 0 };
      return (await session.slowCall('domains.freezeFilesystems', guests.fsFreeze, values, call)).filesystems;
    },
    thawFilesystems: async (dom, mountpoints, call) => {
      const values = { dom, mountpoints, flags: 0 };
      return (await session.slowCall('domains.thawFilesystems', guests.fsThaw, values, call)).filesystems;
    },
    setUserPassword: async (dom, user, password, options = {}, call) => {
      const values = { dom, user, password, flags: bit(options.encrypted, 1 << 0) };
      await session.slowCall('domains.setUserPassword', guests.setUserPassword, values, call);
    },
    sendKeys: async (dom, keycodes, holdMs, call) => {
      const values = { dom, codeset: linuxKeycodes, holdtime: holdMs, keycodes, flags: 0 };
      await session.slowCall('domains.sendKeys', guests.sendKey, values, call);
    },
    openConsole: async (dom, options = {}, call) => {
      const values = { dom, devName: options.device ?? null, flags: bit(options.force, 1 << 0) };
      return (await session.stream('domains.openConsole', guests.openConsole, values, 'both', call)).stream;
    },
    screenshot: async (dom, screen, call) => {
      const values = { dom, screen, flags: 0 };
      const { result, stream } = await session.stream(
        'domains.screenshot',
        guests.screenshot,
        values,
        'read',
        call,
      );
      return { mime: result.mime ?? 'application/octet-stream', image: stream };
    },
  };
}
