import { describe, expect, it } from 'vitest';
import type { ComputationManifest, RunInput } from '../../../internal/computations/model.ts';
import { problemsOf, validate } from '../../../internal/computations/validate.ts';
import { manifest } from './fixtures.ts';

const structured = (change: Partial<ComputationManifest>, ttlRequired = false): RunInput => ({
  form: 'structured',
  manifest: { ...manifest, ...change },
  ttlRequired,
});

describe('the structured form', () => {
  it('needs name, owner, datasets and algorithms, and nothing else', () => {
    const rest = { description: '', datasetProviders: [], algorithmProviders: [], resultConsumers: [] };
    expect(problemsOf(structured({ ...rest, ttlSeconds: 0 }))).toEqual([]);
    expect(problemsOf(structured({ name: '', owner: '', datasets: [], algorithms: [] }))).toEqual([
      { field: 'name', message: 'must not be empty' },
      { field: 'owner', message: 'must not be empty' },
      { field: 'datasets', message: 'must have at least one entry' },
      { field: 'algorithms', message: 'must have at least one entry' },
    ]);
  });

  it.each([
    { ttlSeconds: 1, overHttp: true, overGrpc: true },
    { ttlSeconds: 2147483647, overHttp: true, overGrpc: true },
    { ttlSeconds: 0, overHttp: true, overGrpc: false },
    { ttlSeconds: -1, overHttp: true, overGrpc: false },
    { ttlSeconds: -2147483648, overHttp: true, overGrpc: false },
    { ttlSeconds: 2147483648, overHttp: false, overGrpc: false },
    { ttlSeconds: -2147483649, overHttp: false, overGrpc: false },
    { ttlSeconds: 1.5, overHttp: false, overGrpc: false },
    { ttlSeconds: NaN, overHttp: false, overGrpc: false },
  ])('ttl $ttlSeconds: over HTTP $overHttp, over gRPC $overGrpc', ({ ttlSeconds, overHttp, overGrpc }) => {
    const fields = (ttlRequired: boolean) =>
      problemsOf(structured({ ttlSeconds }, ttlRequired)).map(({ field }) => field);
    expect(fields(false)).toEqual(overHttp ? [] : ['ttl']);
    expect(fields(true)).toEqual(overGrpc ? [] : ['ttl']);
  });
});

describe('the blob form', () => {
  it('needs at least one byte, and takes any', () => {
    expect(problemsOf({ form: 'blob', computation: Uint8Array.of(0) })).toEqual([]);
    expect(problemsOf({ form: 'blob', computation: new Uint8Array() })).toEqual([
      { field: 'computation', message: 'must not be empty' },
    ]);
  });
});

describe('validate', () => {
  it('throws one error with all problems', () => {
    expect(() => validate(structured({ name: '', ttlSeconds: 0 }, true))).toThrow(
      expect.objectContaining({
        code: 'argument-invalid',
        message: 'The computation cannot be taken: name must not be empty; ttl must be above 0.',
        details: { fields: ['name', 'ttl'], problems: ['name must not be empty', 'ttl must be above 0'] },
      }),
    );
  });

  it('passes what is right', () => {
    expect(() => validate(structured({}))).not.toThrow();
  });
});
