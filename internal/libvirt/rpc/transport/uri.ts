import { LibvirtConnectionError } from '../../error.ts';

/** A libvirt URI taken apart (https://libvirt.org/uri.html). */
export interface LibvirtUri {
  /** The hypervisor driver: `qemu`, `test` ... */
  readonly driver: string;
  readonly transport: 'unix' | 'tcp' | 'tls' | 'ssh';
  readonly user: string | null;
  /** Empty for this host. */
  readonly host: string;
  readonly port: number | null;
  /** Whether the URI is for the user's own daemon (`/session`). */
  readonly session: boolean;
  /** What the daemon itself is asked to open: without transport, host, and the parameters meant for us. */
  readonly driverUri: string;
  readonly parameters: TransportParameters;
}

interface TransportParameters {
  readonly socket: string | null;
  readonly mode: 'auto' | 'legacy' | 'direct';
  readonly noVerify: boolean;
  readonly pkipath: string | null;
  readonly keyfile: string | null;
  readonly proxy: 'native' | 'netcat';
  readonly netcat: string;
}

const ourParameters = [
  'name',
  'socket',
  'mode',
  'no_verify',
  'no_tty',
  'pkipath',
  'keyfile',
  'proxy',
  'netcat',
];
/** Parameters that change how libvirt's own client connects, in ways that this driver does not know. */
const refusedParameters = ['command', 'sshauth', 'known_hosts', 'known_hosts_verify', 'tls_priority'];

const hostName = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;
const userName = /^[a-z0-9_][a-z0-9._@-]*$/i;

/** Rejects what this driver cannot open by throwing LibvirtConnectionError, naming the part that is wrong. */
export function parseUri(text: string): LibvirtUri {
  if (!URL.canParse(text)) throw refused(text, 'it is not a URI');
  const url = new URL(text);
  const scheme = /^([a-z0-9-]+)(?:\+([a-z0-9]+))?:$/.exec(url.protocol);
  const driver = scheme?.[1];
  if (driver === undefined || url.hash !== '' || url.password !== '') {
    throw refused(text, 'it is not of the form driver[+transport]://[user@][host][:port]/path');
  }
  const host = decodeHost(text, url.hostname);
  const user = url.username === '' ? null : decodeUser(url.username);
  if (user !== null && !userName.test(user)) throw refused(text, 'its user name is not allowed');
  const transport = scheme?.[2] ?? (host === '' ? 'unix' : 'tls');
  if (transport !== 'unix' && transport !== 'tcp' && transport !== 'tls' && transport !== 'ssh') {
    throw refused(text, `its transport ${transport} is not one of unix, tcp, tls and ssh`);
  }
  if ((transport === 'unix') !== (host === '')) {
    throw refused(text, transport === 'unix' ? 'the unix transport has no host' : 'it names no host');
  }
  return {
    driver,
    transport,
    user,
    host,
    port: url.port === '' ? null : Number(url.port),
    session: url.pathname === '/session',
    driverUri: driverUri(driver, url),
    parameters: parameters(text, url.searchParams),
  };
}

/** What is no escape of UTF-8 stays, and is no user name. */
function decodeUser(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function decodeHost(text: string, encoded: string): string {
  if (encoded === '') return '';
  if (encoded.startsWith('[')) return encoded.slice(1, -1);
  if (!hostName.test(encoded)) throw refused(text, 'its host name is not allowed');
  return encoded;
}

function driverUri(driver: string, url: URL): string {
  const name = url.searchParams.get('name');
  if (name !== null) return name;
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !ourParameters.includes(pair.split('=', 1)[0] ?? ''));
  return `${driver}://${url.pathname}${others.length === 0 ? '' : `?${others.join('&')}`}`;
}

function parameters(text: string, given: URLSearchParams): TransportParameters {
  for (const name of refusedParameters) {
    if (given.has(name)) throw refused(text, `its parameter ${name} is not supported`);
  }
  const mode = given.get('mode') ?? 'auto';
  if (mode !== 'auto' && mode !== 'legacy' && mode !== 'direct') {
    throw refused(text, 'its mode is not one of auto, legacy and direct');
  }
  const proxy = given.get('proxy') ?? 'auto';
  if (proxy !== 'auto' && proxy !== 'native' && proxy !== 'netcat') {
    throw refused(text, 'its proxy is not one of auto, native and netcat');
  }
  for (const name of ['socket', 'pkipath', 'keyfile']) {
    const path = given.get(name);
    if (path !== null && !path.startsWith('/')) throw refused(text, `its ${name} is not an absolute path`);
  }
  const netcat = given.get('netcat') ?? 'nc';
  if (!/^[a-z0-9_./][a-z0-9_./-]*$/i.test(netcat)) throw refused(text, 'its netcat is not a command name');
  return {
    socket: given.get('socket'),
    mode,
    noVerify: given.get('no_verify') === '1',
    pkipath: given.get('pkipath'),
    keyfile: given.get('keyfile'),
    proxy: proxy === 'netcat' || given.has('netcat') ? 'netcat' : 'native',
    netcat,
  };
}

function refused(uri: string, why: string): LibvirtConnectionError {
  return new LibvirtConnectionError(`cannot use the libvirt URI ${uri}: ${why}`);
}
