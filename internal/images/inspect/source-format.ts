/** Formats that are taken in; what is neither qcow2 nor raw is converted to qcow2. Named as qemu-img names them. */
export const sourceFormats = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc'] as const;

export type SourceFormat = (typeof sourceFormats)[number];
