import { describe, expect, test } from 'vitest';
import { relayable } from '../../../../internal/libvirt/virsh/relayed-uri.ts';

describe('the sockets behind a URI', () => {
  test.each([
    ['qemu:///system', ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock']],
    ['qemu+unix:///system?mode=direct', ['/run/libvirt/virtqemud-sock']],
    ['qemu:///system?mode=legacy', ['/run/libvirt/libvirt-sock']],
    ['qemu:///system?socket=/a/b', ['/a/b']],
    ['qemu:///session', ['/run/user/7/libvirt/libvirt-sock', '/run/user/7/libvirt/virtqemud-sock']],
    ['test+unix:///default?socket=/a', ['/a']],
  ])('%s', (uri, sockets) => {
    expect(relayable(uri, { XDG_RUNTIME_DIR: '/run/user/7' })?.sockets).toEqual(sockets);
  });

  test.each([
    ['test:///default', 'virsh has the test driver within itself'],
    ['qemu+ssh://host/system', 'another host'],
    ['qemu://host/system', 'another host'],
    ['qemu+tcp://localhost/system', 'TCP'],
    ['qemu+ext:///system?command=/bin/x', 'a command'],
    ['not a uri', 'no URI'],
  ])('%s has none: %s', (uri) => {
    expect(relayable(uri, {})).toBeNull();
  });

  test('are put in the place of the URI’s own', () => {
    expect(relayable('qemu:///system?socket=/a&mode=direct&foo=b%20c', {})?.at('/tmp/x y/relay')).toBe(
      'qemu+unix:///system?socket=%2Ftmp%2Fx%20y%2Frelay&foo=b%20c',
    );
  });
});
