import type { DeviceUser } from '../facts.ts';

/** Notes who uses the PCI device at the address; null: it is no PCI device that is used. */
export type NoteUser = (address: string | null, kind: DeviceUser['kind'], description: string) => void;
