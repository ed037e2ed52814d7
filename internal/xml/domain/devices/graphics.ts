import { attribute, children, element, type XmlElement } from '../../tree.ts';
import { integerAttribute, switchAttribute } from '../../values.ts';

interface GraphicsListen {
  readonly type: string;
  readonly address: string | null;
  readonly network: string | null;
  readonly socket: string | null;
}

/** A `<graphics>` as it was read. */
export interface Graphics {
  readonly type: string;
  /** null: none, or chosen when the domain starts. */
  readonly port: number | null;
  readonly tlsPort: number | null;
  readonly websocketPort: number | null;
  readonly autoport: boolean;
  /** Path of the unix socket, when it listens on one. */
  readonly socket: string | null;
  readonly listens: readonly GraphicsListen[];
  readonly hasPassword: boolean;
  readonly element: XmlElement;
}

export function readGraphics(el: XmlElement): Graphics {
  const port = (name: string): number | null => {
    const value = integerAttribute(el, name);
    return value === null || value <= 0 ? null : value;
  };
  const listens = children(el, 'listen').map((listen) => ({
    type: attribute(listen, 'type') ?? 'address',
    address: attribute(listen, 'address'),
    network: attribute(listen, 'network'),
    socket: attribute(listen, 'socket'),
  }));
  const address = attribute(el, 'listen');
  return {
    type: attribute(el, 'type') ?? '',
    port: port('port'),
    tlsPort: port('tlsPort'),
    websocketPort: port('websocket'),
    autoport: switchAttribute(el, 'autoport') ?? attribute(el, 'port') === '-1',
    socket: attribute(el, 'socket') ?? listens.find((listen) => listen.socket !== null)?.socket ?? null,
    listens:
      listens.length > 0 || address === null
        ? listens
        : [{ type: 'address', address, network: null, socket: null }],
    hasPassword: attribute(el, 'passwd') !== null,
    element: el,
  };
}

export interface GraphicsOptions {
  readonly type: 'vnc' | 'spice';
  /** Default: `127.0.0.1`, which nothing outside the host can reach. */
  readonly listen?: { readonly address: string } | { readonly socket: string };
  /** Default: chosen by libvirt at start. */
  readonly port?: number;
}

/** Builds a `<graphics>`. */
export function graphicsElement({ type, listen, port }: GraphicsOptions): XmlElement {
  if (listen !== undefined && 'socket' in listen) {
    return element('graphics', { type }, element('listen', { type: 'socket', socket: listen.socket }));
  }
  const ports = port === undefined ? { autoport: 'yes' } : { port, autoport: 'no' };
  return element(
    'graphics',
    { type, ...ports },
    element('listen', { type: 'address', address: listen?.address ?? '127.0.0.1' }),
  );
}
