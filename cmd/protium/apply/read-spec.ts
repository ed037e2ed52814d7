import { readCanallocateBody } from '../../../internal/spec/register-body.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { withoutSecrets } from '../../../internal/spec/specfile.ts';
import { Failure } from '../failure.ts';

/**
 * What a config asks for.
 *
 * @param whose for the sentence
 * @throws Failure with every field that is wrong
 */
export function readSpec(
  config: unknown,
  whose = 'The config',
): { readonly spec: Spec; readonly hasSecrets: boolean } {
  const answer = readCanallocateBody(config);
  if (answer.ok) return { spec: withoutSecrets(answer.spec), hasSecrets: answer.spec.guest !== null };
  throw new Failure('argument-invalid', `${whose} is wrong.`, {
    exit: 'usage',
    reasons: answer.errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  });
}
