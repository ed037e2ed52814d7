import { isIP } from 'node:net';
import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';
import { readPool } from '../floating-addresses/pool.ts';
import { readMigrationTargets } from './migration-targets.ts';

/** The kinds of value a variable may hold: each reads the text of an environment variable. */

/** As Go's strconv.ParseBool reads it, which the Cocos variables were made for. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['t', true],
  ['true', true],
  ['0', false],
  ['f', false],
  ['false', false],
]);

const millisecondsOf: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const longestTimeoutMs = 24 * 3_600_000;
const hostname = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** Makes a schema of a function that gives undefined for what is not allowed. */
function read<T>(parse: (text: string) => T | undefined): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'not allowed' });
    return z.NEVER;
  });
}

export const flag = read((text) => booleans.get(text.toLowerCase()));

export const port = read(parsePort);

/** A port, or `host:port`: the Cocos variables of that name held either. An empty host is no host. */
export const portWithHost = read((text) => {
  const colon = text.lastIndexOf(':');
  const number = parsePort(text.slice(colon + 1));
  if (number === undefined) return undefined;
  const before = colon === -1 ? '' : text.slice(0, colon);
  const host = before === '' ? null : parseHost(before);
  return host === undefined ? undefined : { host, port: number };
});

/** Addresses or host names, separated by commas. */
export const hosts = read((text) => {
  const parsed = text.split(',').map((host) => parseHost(host.trim()));
  return parsed.every((host) => host !== undefined) ? [...new Set(parsed)] : undefined;
});

/** `host:port`, separated by commas, as URLs write the host: in lower case, an IPv6 address in brackets. */
export const hostPorts = read((text) => {
  const parsed = text.split(',').map((part) => {
    const [, host = '', number = ''] = /^(.+):(\d{1,5})$/.exec(part.trim()) ?? [];
    const parsedHost = parseHost(host);
    if (parsedHost === undefined || (parsePort(number) ?? 0) === 0) return undefined;
    return URL.canParse(`http://${host}`)
      ? `${new URL(`http://${host}`).hostname}:${Number(number)}`
      : undefined;
  });
  return parsed.every((part) => part !== undefined) ? [...new Set(parsed)] : undefined;
});

/** A decimal number that is not negative, such as a price. */
export const amount = read((text) => (/^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined));

/** From 0 to 1. */
export const fraction = read((text) =>
  /^(0(\.\d{1,9})?|1(\.0{1,9})?)$/.test(text) ? Number(text) : undefined,
);

/** A number of bytes, with a binary unit or without. */
export const byteCount = read((text) => {
  const [, number, unit = ''] = /^(\d{1,16})(KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** ['', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
});

/** `host:port` of a peer. */
export const peer = read((text) => {
  const colon = text.lastIndexOf(':');
  const number = parsePort(text.slice(colon + 1));
  const host = text.slice(0, Math.max(colon, 0));
  if (number === undefined || number === 0 || parseHost(host) === undefined) return undefined;
  // gRPC splits at the last colon, so an IPv6 address needs its brackets.
  return isIP(host) === 6 ? undefined : text;
});

/** A duration as Go writes it (`1s`, `1m30s`, `500ms`), in milliseconds; above 0 and at most a day. */
export const timeoutMs = read((text) => {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(amount) * (millisecondsOf[unit] ?? Number.NaN);
  }
  return sum > 0 && sum <= longestTimeoutMs ? Math.max(1, Math.round(sum)) : undefined;
});

/** A name that libvirt and file systems take as it is. */
export const poolName = read((text) => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? text : undefined));

/** `POOL/NAME` of a volume. */
export const volumeName = read((text) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text) ? text : undefined,
);

/** `region=pool`, separated by commas; the first is where things are made that name none. */
export const regions = read((text) => {
  const parsed = text.split(',').map((part) => {
    const [, id, pool] =
      /^([a-z0-9][a-z0-9.-]{0,62})=([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(part.trim()) ?? [];
    return id === undefined || pool === undefined ? undefined : { id, pool };
  });
  const known = parsed.filter((region) => region !== undefined);
  const isOnce = (values: readonly string[]): boolean => new Set(values).size === parsed.length;
  return isOnce(known.map(({ id }) => id)) && isOnce(known.map(({ pool }) => pool)) ? known : undefined;
});

/** Hosts that instances can move to. */
export const migrationTargets = read(readMigrationTargets);

export const wholeNumber = read((text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined));

export const path = read((text) => (text.includes('\0') ? undefined : text));

/** Absolute directories, separated by colons. */
export const directories = read((text) => {
  const parts = text.split(':').filter((part) => part !== '');
  const allowed = parts.length > 0 && parts.every((part) => isAbsolute(part) && !part.includes('\0'));
  return allowed ? [...new Set(parts.map(withoutTrailingSlash))] : undefined;
});

/** An IPv4 or IPv6 address, without a zone. */
export const ipAddress = read((text) => (isIP(text) !== 0 && !text.includes('%') ? text : undefined));

/** Addresses that may be given away; null: none. */
export const addressPool = read(readPool);

/** As Linux names network devices. */
export const deviceName = read((text) =>
  /^(?!\.{1,2}$)[^\s/:-][^\s/:]{0,14}$/.test(text) ? text : undefined,
);

/** `first-last`. */
export const portRange = read((text) => {
  const [, from = '', to = ''] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const [first, last] = [parsePort(from) ?? 0, parsePort(to) ?? 0];
  return first > 0 && first <= last ? { first, last } : undefined;
});

/** A libvirt connection URI. */
export const libvirtUri = read((text) =>
  /^[a-z][a-z0-9]*(?:\+[a-z0-9]+)?:\/\/\S*$/i.test(text) ? text : undefined,
);

export const httpUrl = read((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? text : undefined;
});

/** Something to be shown: printable, not too long. */
export const label = read((text) => (/^[\x20-\x7e]{1,128}$/.test(text) ? text : undefined));

/** Of a Unix socket: with what gRPC's has more, it fits into the kernel's 107 bytes. */
export const socketPath = read((text) => {
  if (text === 'none') return text;
  return Buffer.byteLength(text) <= 95 && !text.includes('\0') ? text : undefined;
});

/** One of a few words, in any letter case. */
export function oneOf<const T extends string>(...words: readonly T[]): z.ZodType<T, string> {
  return read((text) => words.find((word) => word === text.toLowerCase()));
}

/** Only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** `localhost` becomes 127.0.0.1, so that what we listen on does not hang on the machine's hosts file. */
function parseHost(text: string): string | undefined {
  const host = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
  if (host.toLowerCase() === 'localhost') return '127.0.0.1';
  if (isIP(host) !== 0) return host;
  // Digits and dots that are no address are a mistyped address.
  return hostname.test(host) && !/^[\d.]+$/.test(host) ? host : undefined;
}

function withoutTrailingSlash(directory: string): string {
  const normal = normalize(directory);
  return normal === '/' ? normal : normal.replace(/\/$/, '');
}
