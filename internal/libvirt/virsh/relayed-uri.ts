import os from 'node:os';
import path from 'node:path';

export interface RelayableUri {
  /** The sockets at which libvirtd may listen for this URI, in the order in which libvirt tries them. */
  readonly sockets: readonly string[];
  /** The same URI with another socket. */
  readonly at: (socket: string) => string;
}

/**
 * Whether a URI leads to a unix socket of this host, and which. Null for a remote host, and for a driver that virsh
 * carries within itself (`test:///default`).
 */
export function relayable(uri: string, environment: NodeJS.ProcessEnv): RelayableUri | null {
  if (!URL.canParse(uri)) return null;
  const url = new URL(uri);
  const [, driver = '', transport] = /^([a-z0-9-]+)(?:\+([a-z0-9]+))?:$/.exec(url.protocol) ?? [];
  if (driver === '' || url.host !== '' || url.searchParams.has('command')) return null;
  if (transport === undefined ? driver === 'test' : transport !== 'unix') return null;
  return {
    sockets: socketsOf(driver, url, environment),
    at: (socket) => {
      const query = new URLSearchParams(url.searchParams);
      query.delete('mode');
      query.delete('socket');
      const others = [...query].map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');
      return `${driver}+unix://${url.pathname}?socket=${encodeURIComponent(socket)}${others}`;
    },
  };
}

/** https://libvirt.org/uri.html and https://libvirt.org/daemons.html */
function socketsOf(driver: string, url: URL, environment: NodeJS.ProcessEnv): readonly string[] {
  const socket = url.searchParams.get('socket');
  if (socket !== null) return [socket];
  const runtime = environment['XDG_RUNTIME_DIR'] ?? path.join(os.homedir(), '.cache');
  const directory = url.pathname === '/session' ? path.join(runtime, 'libvirt') : '/run/libvirt';
  const mode = url.searchParams.get('mode');
  return [
    ...(mode === 'direct' ? [] : [path.join(directory, 'libvirt-sock')]),
    ...(mode === 'legacy' ? [] : [path.join(directory, `virt${driver}d-sock`)]),
  ];
}
