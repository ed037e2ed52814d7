import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { ModelSettings } from '../../../internal/provision/model/refine.ts';
import { Failure } from '../failure.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment, with what a file of settings adds; the environment itself counts first. */
export async function environmentWith(
  file: string | undefined,
  environment: Environment,
): Promise<Environment> {
  if (file === undefined) return environment;
  try {
    return { ...parseEnv(await readFile(file, 'utf8')), ...environment };
  } catch (error) {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  }
}

/** The model that is to be asked; null: none, unless OPENAI_BASE_URL is set. */
export function modelOf(environment: Environment): ModelSettings | null {
  const {
    OPENAI_BASE_URL: baseUrl = '',
    OPENAI_API_KEY: apiKey = '',
    OPENAI_MODEL: model = '',
  } = environment;
  return baseUrl === '' ? null : { baseUrl, apiKey, model: model === '' ? 'OpenAI/gpt-4o' : model };
}
