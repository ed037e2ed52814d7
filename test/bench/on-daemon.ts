import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import type { PrivateHost } from '../host/private-host.ts';
import { createWorkspace, startDaemonProcess, type DaemonUnderTest } from '../system/daemon.ts';

/** A daemon on the host, a client of the host's libvirt, and the daemon's working directory, for as long as `use` lasts. */
export async function onDaemon(
  host: PrivateHost,
  use: (parts: {
    readonly daemon: DaemonUnderTest;
    readonly client: LibvirtClient;
    readonly directory: string;
  }) => Promise<void>,
): Promise<void> {
  const workspace = await createWorkspace();
  const daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: { PROTIUM_LOG_LEVEL: 'info' },
  });
  const client = createRpcClient({ uri: host.uri });
  try {
    await use({ daemon, client, directory: workspace.directory });
  } finally {
    await client.close();
    await daemon.end();
    await workspace.remove();
  }
}
