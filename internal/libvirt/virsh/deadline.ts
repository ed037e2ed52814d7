const usualMs = 30_000;
const longMs = 300_000;

/** Calls that start, stop, move or copy something, or wait for a guest. */
const longCalls: ReadonlySet<string> = new Set([
  ...[
    ...['define', 'createXml', 'create', 'shutdown', 'reboot', 'reset', 'destroy', 'suspend', 'resume'],
    ...['managedSave', 'save', 'restore', 'migrateToUri'],
    ...['attachDevice', 'detachDevice', 'detachDeviceAlias', 'updateDevice', 'setVcpus', 'setMemory'],
    ...['blockResize', 'blockPull', 'blockCommit', 'blockCopy', 'blockJobAbort'],
    ...['interfaceAddresses', 'agentCommand', 'guestInfo', 'guestHostname', 'setUserPassword', 'sendKeys'],
    ...['freezeFilesystems', 'thawFilesystems'],
  ].map((name) => `domains.${name}`),
  ...['create', 'revert', 'delete'].map((name) => `snapshots.${name}`),
  ...['createXml', 'build', 'create', 'destroy', 'delete', 'refresh'].map((name) => `pools.${name}`),
  ...['create', 'clone', 'resize', 'delete', 'wipe'].map((name) => `volumes.${name}`),
  ...['createXml', 'create', 'destroy', 'update'].map((name) => `networks.${name}`),
  ...['createXml', 'destroy', 'detach', 'reattach', 'reset'].map((name) => `nodeDevices.${name}`),
  ...['host.capabilities', 'host.domainCapabilities'],
]);

/** How long a call may take unless told otherwise, in ms. */
export function defaultDeadlineMs(call: string): number {
  return longCalls.has(call) ? longMs : usualMs;
}
