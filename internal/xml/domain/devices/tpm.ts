import { attribute, child, element, find, type XmlElement } from '../../tree.ts';

/** A `<tpm>` as it was read. */
export interface Tpm {
  readonly model: string | null;
  readonly backend: string;
  readonly version: string | null;
  /** Host device of a TPM that is passed through. */
  readonly devicePath: string | null;
  readonly element: XmlElement;
}

export function readTpm(el: XmlElement): Tpm {
  const backend = child(el, 'backend');
  const device = find(el, 'backend', 'device');
  return {
    model: attribute(el, 'model'),
    backend: (backend === null ? null : attribute(backend, 'type')) ?? '',
    version: backend === null ? null : attribute(backend, 'version'),
    devicePath: device === null ? null : attribute(device, 'path'),
    element: el,
  };
}

/** A TPM 2.0 that swtpm emulates. */
export interface TpmOptions {
  /** Default: `tpm-crb`. */
  readonly model?: 'tpm-crb' | 'tpm-tis';
  /** Keep its state when a transient domain ends. Default: false, as libvirt. */
  readonly persistentState?: boolean;
}

export function tpmElement({ model, persistentState }: TpmOptions): XmlElement {
  return element(
    'tpm',
    { model: model ?? 'tpm-crb' },
    element('backend', {
      type: 'emulator',
      version: '2.0',
      persistent_state: persistentState === undefined ? null : persistentState ? 'yes' : 'no',
    }),
  );
}
