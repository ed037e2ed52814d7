import { describe, expect, it } from 'vitest';
import { readFirewallFile } from '../../../cmd/protium/firewall/firewall-file.ts';
import { parseRule, ruleText } from '../../../cmd/protium/firewall/rule-text.ts';

const rule = { direction: 'in', action: 'accept', protocol: 'tcp', portFirst: 0, portLast: 0, remote: '' };

describe('a rule as text', () => {
  it.each([
    ['in:tcp', {}],
    ['in:tcp:22', { portFirst: 22, portLast: 22 }],
    ['in:tcp:80-90:10.0.0.0/8', { portFirst: 80, portLast: 90, remote: '10.0.0.0/8' }],
    [
      'out:udp:53:2001:db8::/32',
      { direction: 'out', protocol: 'udp', portFirst: 53, portLast: 53, remote: '2001:db8::/32' },
    ],
    ['in:icmp::fd00::1', { protocol: 'icmp', remote: 'fd00::1' }],
  ])('%s is read, and shown again', (text, expected) => {
    const read = parseRule(text, 'accept');
    expect(read).toEqual({ ...rule, ...expected });
    expect(ruleText(read)).toBe(text);
  });

  it.each([
    '',
    'in',
    'tcp:22:',
    'in:tcp:0',
    'in:tcp:65536',
    'in:tcp:1-',
    'in:tcp:1-0',
    'in:tcp:x',
    'in tcp 22',
    'in:tcp:22:',
  ])('%j is none', (text) => {
    const read = () => parseRule(text, 'accept');
    if (text === 'tcp:22:') expect(read).toThrow('DIRECTION:PROTOCOL');
    else expect(read).toThrow();
  });
});

describe('a file', () => {
  it('is what the daemon tells', () => {
    const told = {
      firewall: {
        instance: 'i',
        enabled: true,
        defaultIn: 'drop',
        defaultOut: 'accept',
        rules: [
          { ...rule, portFirst: 22, portLast: 22 },
          { direction: 'out', protocol: 'icmp', action: 'drop' },
        ],
        changedByOthers: false,
        unfilteredMacs: [],
        etag: 'e',
      },
    };
    expect(readFirewallFile(told)).toEqual({
      defaultIn: 'drop',
      defaultOut: 'accept',
      rules: [
        { ...rule, portFirst: 22, portLast: 22 },
        { ...rule, direction: 'out', protocol: 'icmp', action: 'drop' },
      ],
    });
  });

  it('may be written by hand', () => {
    const written = {
      default_in: 'drop',
      rules: [
        'in:tcp:22',
        { direction: 'in', protocol: 'tcp', ports: '80-90' },
        { direction: 'in', protocol: 'udp', ports: 53 },
      ],
    };
    expect(readFirewallFile(written)).toEqual({
      defaultIn: 'drop',
      defaultOut: '',
      rules: [
        { ...rule, portFirst: 22, portLast: 22 },
        { ...rule, action: '', portFirst: 80, portLast: 90 },
        { ...rule, action: '', protocol: 'udp', portFirst: 53, portLast: 53 },
      ],
    });
  });

  it.each([
    [{ default: 'drop' }, 'there is no field "default"'],
    [{ rules: {} }, 'a list of rules'],
    [{ defaultIn: true }, 'defaultIn: text is wanted'],
    [{ rules: [{ port: 22 }] }, 'rules[0]: there is no field "port"'],
    [{ rules: ['in:tcp:22', 'ssh'] }, 'rules[1]: A rule is'],
    [{ rules: [7] }, 'rules[0]: a rule is text or an object'],
    [{ rules: [{ direction: 'in', ports: 0 }] }, 'rules[0]: Ports are'],
    [{ rules: [{ direction: 'in', portFirst: '22' }] }, 'a port is a whole number'],
    [{ rules: [{ direction: 5 }] }, 'rules[0].direction: text is wanted'],
  ])('%j is refused', (file, message) => {
    expect(() => readFirewallFile(file)).toThrow(message);
  });
});
