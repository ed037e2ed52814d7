/** Small documents for tests; names and paths in them need no escaping. */

interface DomainOptions {
  readonly name: string;
  /** qcow2 or raw files, as vda, vdb ... */
  readonly disks?: readonly { readonly path: string; readonly format: 'qcow2' | 'raw' }[];
  /** More children of `<devices>`. */
  readonly devices?: string;
  /** More children of `<os>`. */
  readonly os?: string;
  /** More children of `<domain>`. */
  readonly more?: string;
}

/** A guest without an operating system: what libvirt does with it needs none, and it starts in half a second. */
export function domainXml({ name, disks = [], devices = '', os = '', more = '' }: DomainOptions): string {
  const disk = disks.map(({ path, format }, index) => diskXml(path, format, `vd${'abcd'.charAt(index)}`));
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>48</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type>${os}</os>
  ${more}
  <devices>
    <controller type='usb' model='piix3-uhci'/>
    <console type='pty'/>
    <video><model type='vga'/></video>
    ${disk.join('')}${devices}
  </devices>
</domain>
`;
}

export function diskXml(
  path: string,
  format: 'qcow2' | 'raw',
  target: string,
  bus: 'virtio' | 'usb' = 'virtio',
  more = '',
): string {
  return `<disk type='file'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${target}' bus='${bus}'/>${more}</disk>`;
}

export function poolXml(name: string, path: string): string {
  return `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>`;
}

export function volumeXml(name: string, bytes: number, format: 'qcow2' | 'raw' = 'raw'): string {
  return `<volume><name>${name}</name><capacity>${bytes}</capacity><allocation>0</allocation><target><format type='${format}'/></target></volume>`;
}

/** `third`: the third number of its addresses, its own in each test. */
export function networkXml(name: string, bridge: string, third: number): string {
  return `<network>
  <name>${name}</name>
  <forward mode='nat'/>
  <bridge name='${bridge}'/>
  <ip address='192.168.${third}.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.${third}.2' end='192.168.${third}.99'/></dhcp>
  </ip>
</network>
`;
}
