/**
 * Compares the RPC driver's procedure numbers, layouts and event numbers with libvirt's own protocol files.
 *
 *   npx tsx test/tools/libvirt-protocol/compare.ts DIRECTORY_OF_LIBVIRT_SOURCE
 *
 * How to get the source on Debian or Ubuntu: enable the `deb-src` lines of apt's sources, then
 *
 *   apt-get update && apt-get source --download-only libvirt && dpkg-source -x libvirt_*.dsc libvirt
 *
 * A check for whoever changes the tables of internal/libvirt/rpc/wire, not part of the test run: libvirt's files are
 * under the LGPL and are not kept here. Prints each difference; exits with 1 if there is any.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorReply } from '../../../internal/libvirt/rpc/wire/error-reply.ts';
import { eventMessages } from '../../../internal/libvirt/rpc/wire/event-messages.ts';
import { messageStatus, messageType, program } from '../../../internal/libvirt/rpc/wire/frame.ts';
import { connect, feature } from '../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { guests, snapshots } from '../../../internal/libvirt/rpc/wire/procedures/domain-guest.ts';
import { domains } from '../../../internal/libvirt/rpc/wire/procedures/domain.ts';
import { registration } from '../../../internal/libvirt/rpc/wire/procedures/event.ts';
import { networks } from '../../../internal/libvirt/rpc/wire/procedures/network.ts';
import { nodeDevices } from '../../../internal/libvirt/rpc/wire/procedures/node-device.ts';
import { nwfilters } from '../../../internal/libvirt/rpc/wire/procedures/nwfilter.ts';
import { secrets } from '../../../internal/libvirt/rpc/wire/procedures/secret.ts';
import { pools, volumes } from '../../../internal/libvirt/rpc/wire/procedures/storage.ts';
import { headerConstants, readProtocol } from './protocol-file.ts';

const directory = process.argv[2];
if (directory === undefined) {
  console.error('usage: compare.ts DIRECTORY_OF_LIBVIRT_SOURCE');
  process.exit(2);
}
const read = (...names: readonly string[]): string => readFileSync(path.join(directory, ...names), 'utf8');
const includes = readdirSync(path.join(directory, 'include/libvirt'))
  .filter((name) => /\.h(\.in)?$/.test(name))
  .map((name) => read('include/libvirt', name));
const headers = headerConstants([...includes, read('src/libvirt_internal.h')].join('\n'));
const net = read('src/rpc/virnetprotocol.x');
const remote = readProtocol([net, read('src/remote/remote_protocol.x')], headers);
const qemu = readProtocol(
  [net, read('src/remote/remote_protocol.x'), read('src/remote/qemu_protocol.x')],
  headers,
);
const keepalive = readProtocol([read('src/rpc/virkeepaliveprotocol.x')], headers);

let compared = 0;
let differences = 0;
function compare(what: string, ours: string | number, theirs: string | number | undefined): void {
  compared += 1;
  if (ours === theirs) return;
  differences += 1;
  console.error(`${what}\n  ours:    ${ours}\n  libvirt: ${theirs ?? 'there is none'}`);
}

const tables = [
  connect,
  domains,
  guests,
  snapshots,
  pools,
  volumes,
  networks,
  nodeDevices,
  secrets,
  nwfilters,
  registration,
];
for (const procedure of tables.flatMap((table) => Object.values(table))) {
  const isQemu = procedure.program === program.qemu;
  const { structs, constants } = isQemu ? qemu : remote;
  const prefix = isQemu ? 'QEMU_PROC_' : 'REMOTE_PROC_';
  const structName = `${isQemu ? 'qemu' : 'remote'}_${procedure.name.toLowerCase()}`;
  compare(`${procedure.name}: number`, procedure.number, constants.get(`${prefix}${procedure.name}`));
  compare(
    `${procedure.name}: arguments`,
    procedure.arguments.shape,
    structs.get(`${structName}_args`) ?? '{}',
  );
  compare(`${procedure.name}: result`, procedure.result.shape, structs.get(`${structName}_ret`) ?? '{}');
}

const eventIdPrefixes = {
  domain: 'VIR_DOMAIN_EVENT_ID_',
  network: 'VIR_NETWORK_EVENT_ID_',
  pool: 'VIR_STORAGE_POOL_EVENT_ID_',
  nodeDevice: 'VIR_NODE_DEVICE_EVENT_ID_',
  secret: 'VIR_SECRET_EVENT_ID_',
} as const;
for (const { name, number, subsystem, eventId, shape } of eventMessages) {
  const event = name.replace(/^.*_EVENT_(CALLBACK_)?/, '');
  compare(`${name}: number`, number, remote.constants.get(`REMOTE_PROC_${name}`));
  compare(`${name}: event`, eventId, headers.get(eventIdPrefixes[subsystem] + event));
  compare(`${name}: message`, shape, remote.structs.get(`remote_${name.toLowerCase()}_msg`));
}

compare('error reply', errorReply.shape, remote.structs.get('virNetMessageError'));
compare('remote program', program.remote, remote.constants.get('REMOTE_PROGRAM'));
compare('remote version', 1, remote.constants.get('REMOTE_PROTOCOL_VERSION'));
compare('qemu program', program.qemu, qemu.constants.get('QEMU_PROGRAM'));
compare('qemu version', 1, qemu.constants.get('QEMU_PROTOCOL_VERSION'));
compare('keepalive program', program.keepalive, keepalive.constants.get('KEEPALIVE_PROGRAM'));
compare('keepalive ping', 1, keepalive.constants.get('KEEPALIVE_PROC_PING'));
compare('keepalive pong', 2, keepalive.constants.get('KEEPALIVE_PROC_PONG'));
for (const [name, number] of Object.entries(messageType)) {
  compare(`message type ${name}`, number, remote.constants.get(`VIR_NET_${upperCase(name)}`));
}
for (const [name, number] of Object.entries(messageStatus)) {
  compare(`message status ${name}`, number, remote.constants.get(`VIR_NET_${upperCase(name)}`));
}
for (const [name, number] of Object.entries(feature)) {
  compare(`feature ${name}`, number, headers.get(`VIR_DRV_FEATURE_${upperCase(name)}`));
}

console.log(`${compared} facts compared, ${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;

function upperCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
