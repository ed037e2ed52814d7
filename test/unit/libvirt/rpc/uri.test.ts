import { afterEach, describe, expect, it, vi } from 'vitest';
import { LibvirtConnectionError } from '../../../../internal/libvirt/error.ts';
import { socketPaths } from '../../../../internal/libvirt/rpc/transport/open.ts';
import { sshArguments } from '../../../../internal/libvirt/rpc/transport/ssh.ts';
import { parseUri } from '../../../../internal/libvirt/rpc/transport/uri.ts';

describe('parseUri', () => {
  it.each([
    ['qemu:///system', 'unix', '', null, null, 'qemu:///system'],
    ['qemu:///session', 'unix', '', null, null, 'qemu:///session'],
    ['test:///default', 'unix', '', null, null, 'test:///default'],
    ['test:///etc/host.xml', 'unix', '', null, null, 'test:///etc/host.xml'],
    ['qemu+unix:///system', 'unix', '', null, null, 'qemu:///system'],
    ['qemu:///system?socket=/tmp/a%20b', 'unix', '', null, null, 'qemu:///system'],
    ['qemu+tcp://host/system', 'tcp', 'host', null, null, 'qemu:///system'],
    ['qemu+tcp://host:1234/system', 'tcp', 'host', null, 1234, 'qemu:///system'],
    ['qemu+tcp://[::1]:1234/system', 'tcp', '::1', null, 1234, 'qemu:///system'],
    ['qemu://host.example/system', 'tls', 'host.example', null, null, 'qemu:///system'],
    ['qemu+tls://host:16514/system?no_verify=1', 'tls', 'host', null, 16_514, 'qemu:///system'],
    ['qemu+ssh://root@host/system', 'ssh', 'host', 'root', null, 'qemu:///system'],
    ['qemu+ssh://root@10.0.0.1:22/system?proxy=netcat', 'ssh', '10.0.0.1', 'root', 22, 'qemu:///system'],
    ['test+tcp://host/default?name=test:///other', 'tcp', 'host', null, null, 'test:///other'],
    ['esx+tcp://host/?no_verify=1&auto_answer=1', 'tcp', 'host', null, null, 'esx:///?auto_answer=1'],
  ])('%s', (uri, transport, host, user, port, driverUri) => {
    expect(parseUri(uri)).toMatchObject({ transport, host, user, port, driverUri });
  });

  it('reads the parameters that are for the transport', () => {
    const uri =
      'qemu+tls://h/system?socket=/s&mode=direct&no_verify=1&pkipath=/p&keyfile=/k&proxy=netcat&netcat=/bin/nc.openbsd';
    expect(parseUri(uri).parameters).toEqual({
      socket: '/s',
      mode: 'direct',
      noVerify: true,
      pkipath: '/p',
      keyfile: '/k',
      proxy: 'netcat',
      netcat: '/bin/nc.openbsd',
    });
  });

  it.each([
    ['system'],
    ['qemu+vsock:///system'],
    ['qemu+unix://host/system'],
    ['qemu+tcp:///system'],
    ['qemu+ssh:///system'],
    ['qemu+ssh://-oProxyCommand=x/system'],
    ['qemu+ssh://-oProxyCommand=x@host/system'],
    ['qemu+ssh://root:secret@host/system'],
    ['qemu+ssh://a%20b/system'],
    ['qemu+ssh://a;b/system'],
    ['qemu+ssh://us%20er@host/system'],
    ['qemu+ssh://%s@host/system'],
    ['qemu+ssh://host/system?netcat=nc;id'],
    ['qemu+ssh://host/system?netcat=-e'],
    ['qemu+ssh://host/system?command=/tmp/x'],
    ['qemu+ssh://host/system?keyfile=-oX'],
    ['qemu+ssh://host/system?proxy=other'],
    ['qemu:///system?socket=relative'],
    ['qemu:///system?mode=other'],
    ['qemu:///system#fragment'],
    ['qemu+tls://host/system?pkipath=relative'],
  ])('refuses %s', (uri) => {
    expect(() => parseUri(uri)).toThrow(LibvirtConnectionError);
  });
});

describe('socketPaths', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const asUser = (): void => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
  };

  it('of the system are the one daemon and the modular one', () => {
    expect(socketPaths(parseUri('qemu:///system'), {})).toEqual([
      '/run/libvirt/libvirt-sock',
      '/run/libvirt/virtqemud-sock',
    ]);
    expect(socketPaths(parseUri('xen:///system'), {})).toEqual([
      '/run/libvirt/libvirt-sock',
      '/run/libvirt/virtxend-sock',
    ]);
  });

  it('of a session lie in the runtime directory, but not for root', () => {
    const environment = { XDG_RUNTIME_DIR: '/run/user/1000' };
    asUser();
    expect(socketPaths(parseUri('qemu:///session'), environment)).toEqual([
      '/run/user/1000/libvirt/libvirt-sock',
      '/run/user/1000/libvirt/virtqemud-sock',
    ]);
    vi.spyOn(process, 'geteuid').mockReturnValue(0);
    expect(socketPaths(parseUri('qemu:///session'), environment)[0]).toBe('/run/libvirt/libvirt-sock');
  });

  it('are fewer when the URI says which', () => {
    expect(socketPaths(parseUri('qemu:///system?mode=legacy'), {})).toEqual(['/run/libvirt/libvirt-sock']);
    expect(socketPaths(parseUri('qemu:///system?mode=direct'), {})).toEqual(['/run/libvirt/virtqemud-sock']);
    expect(socketPaths(parseUri('qemu:///system?socket=/a/b'), {})).toEqual(['/a/b']);
  });
});

describe('sshArguments', () => {
  it('run virt-ssh-helper, without terminal and questions', () => {
    expect(sshArguments(parseUri('qemu+ssh://host/system'))).toEqual([
      ...['-T', '-e', 'none', '-o', 'BatchMode=yes'],
      ...['--', 'host', "virt-ssh-helper 'qemu:///system'"],
    ]);
  });

  it('carry user, port and key as options, and nothing behind the host but the command', () => {
    const uri = parseUri('qemu+ssh://me@host:2222/system?keyfile=/k&no_verify=1&proxy=netcat&socket=/run/s');
    expect(sshArguments(uri)).toEqual([
      ...['-T', '-e', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no'],
      ...['-p', '2222', '-i', '/k', '-l', 'me'],
      ...['--', 'host', "nc -U '/run/s'"],
    ]);
  });

  it.each([
    ["qemu+ssh://host/system?name=qemu:///sys'tem"],
    ['qemu+ssh://host/system?name=a%20b'],
    ['qemu+ssh://host/$(id)'],
    ['qemu+ssh://host/system?proxy=netcat&socket=/a%27b'],
  ])('refuse what could leave its quotes: %s', (uri) => {
    expect(() => sshArguments(parseUri(uri))).toThrow(LibvirtConnectionError);
  });
});
