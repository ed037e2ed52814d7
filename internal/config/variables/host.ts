import { libvirtUri, oneOf, path } from '../values.ts';
import type { Variable } from './variable.ts';

/** The libvirt that is managed, and where Protium keeps its own. */
export const hostVariables = {
  libvirtUri: {
    name: 'PROTIUM_LIBVIRT_URI',
    aliases: [],
    fallback: 'qemu:///system',
    allowed: 'a libvirt connection URI',
    meaning: 'The libvirt that Protium manages.',
    schema: libvirtUri,
  },
  libvirtDriver: {
    name: 'PROTIUM_LIBVIRT_DRIVER',
    aliases: [],
    fallback: 'rpc',
    allowed: 'rpc or virsh',
    meaning:
      "How libvirt is called: its own protocol, or virsh commands (slower; for URIs that `rpc` can't open).",
    schema: oneOf('rpc', 'virsh'),
  },
  stateDirectory: {
    name: 'PROTIUM_STATE_DIRECTORY',
    aliases: [],
    fallback: null,
    unset: '`/var/lib/protium` as root, else `$XDG_STATE_HOME/protium` or `~/.local/state/protium`',
    allowed: 'the path of a directory',
    meaning: "Where Protium keeps what libvirt can't hold.",
    schema: path,
  },
} as const satisfies Record<string, Variable>;

/** Where the host itself is looked at. */
export const hostTreeVariables = {
  hostRoot: {
    name: 'PROTIUM_HOST_ROOT',
    aliases: [],
    fallback: '/',
    allowed: 'the path of a directory',
    meaning: 'Where /sys, /proc and /usr of the host are; another tree than `/` in a container or a test.',
    schema: path,
  },
} as const satisfies Record<string, Variable>;
