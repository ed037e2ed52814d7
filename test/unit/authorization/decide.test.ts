import { describe, expect, it } from 'vitest';
import { decide, sees, type Permission, type Standing } from '../../../internal/authorization/decide.ts';
import { blue, everyone, person, red } from './callers.ts';

const ofRed: Standing = { of: 'project', project: red };
const permissions: readonly Permission[] = ['view', 'operate', 'manage'];

function verdicts(caller: keyof typeof everyone, standing: Standing): string {
  return permissions.map((permission) => decide(everyone[caller], permission, standing)).join(' ');
}

describe('what is of a project', () => {
  it.each([
    ['without a role', 'hidden hidden hidden'],
    ['viewer', 'allowed denied denied'],
    ['operator', 'allowed allowed denied'],
    ['admin', 'allowed allowed allowed'],
    ['admin of another project', 'hidden hidden hidden'],
    ['administrator', 'allowed allowed allowed'],
  ] as const)('%s', (caller, expected) => {
    expect(verdicts(caller, ofRed)).toBe(expected);
  });
});

it('everybody looks at what is everybody’s, and administrators change it', () => {
  expect(verdicts('without a role', { of: 'everyone' })).toBe('allowed denied denied');
  expect(verdicts('admin', { of: 'everyone' })).toBe('allowed denied denied');
  expect(verdicts('administrator', { of: 'everyone' })).toBe('allowed allowed allowed');
});

it('what is the administrators’ looks like what is not there', () => {
  for (const of of ['administrators', 'nothing'] as const) {
    expect(verdicts('admin', { of })).toBe('hidden hidden hidden');
    expect(verdicts('administrator', { of })).toBe('allowed allowed allowed');
  }
});

it('one sees what is of one’s projects, and nobody but administrators what is nobody’s', () => {
  const caller = person({ [red]: 'viewer' });
  expect(sees(caller, red)).toBe(true);
  expect(sees(caller, blue)).toBe(false);
  expect(sees(caller, null)).toBe(false);
  expect(sees(everyone.administrator, null)).toBe(true);
});
