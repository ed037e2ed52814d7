import { expect, it } from 'vitest';
import { consoleDevices } from '../../../internal/consoles/console-devices.ts';
import { readDomain } from '../../../internal/xml/domain/read.ts';

const read = (devices: string, id = " id='3'") =>
  consoleDevices(
    readDomain(
      `<domain type='qemu'${id}><name>x</name><memory>1</memory><os><type>hvm</type></os><devices>${devices}</devices></domain>`,
    ),
  );

it('the console that is the first serial port again is told once', () => {
  const { serials, running } = read(`
    <serial type='pty'><log file='/l'/><target port='0'/><alias name='serial0'/></serial>
    <serial type='tcp'><target port='1'/><alias name='serial1'/></serial>
    <console type='pty'><target type='serial' port='0'/><alias name='serial0'/></console>
    <console type='pty'><target type='virtio' port='1'/><alias name='console1'/></console>`);
  expect(running).toBe(true);
  expect(serials).toEqual([
    { device: 'serial0', onPty: true, logFile: '/l' },
    { device: 'serial1', onPty: false, logFile: null },
    { device: 'console1', onPty: true, logFile: null },
  ]);
});

it('a VM that is off has consoles by number', () => {
  const found = read(`<serial type='pty'/><graphics type='vnc' port='-1'/>`, '');
  expect(found).toEqual({
    running: false,
    serials: [{ device: 'serial0', onPty: true, logFile: null }],
    display: { place: null },
  });
});

it.each([
  [`<graphics type='vnc' port='5901' listen='127.0.0.1'/>`, { host: '127.0.0.1', port: 5901 }],
  [
    `<graphics type='vnc' port='5901'><listen type='address' address='0.0.0.0'/></graphics>`,
    { host: '127.0.0.1', port: 5901 },
  ],
  [
    `<graphics type='vnc' port='5901'><listen type='address' address='::'/></graphics>`,
    { host: '::1', port: 5901 },
  ],
  [`<graphics type='vnc'><listen type='socket' socket='/s'/></graphics>`, { socket: '/s' }],
  [`<graphics type='spice' port='5902'/><graphics type='vnc' port='-1'/>`, null],
])('%s is at %j', (devices, place) => {
  expect(read(devices).display).toEqual({ place });
});

it('SPICE is no VNC display', () => {
  expect(read(`<graphics type='spice' port='5902'/>`).display).toBeNull();
});
