/** What an instance is remembered by in its tags, which are in the domain's metadata: they outlive the database. */

const flavorPrefix = 'flavor:';
const keyPrefix = 'key:';

export function instanceTags(flavor: string, key: string): readonly string[] {
  return [flavorPrefix + flavor, keyPrefix + key];
}

/** The name of the flavor that it was made of; null: of none. */
export function flavorOfTags(tags: readonly string[]): string | null {
  return after(flavorPrefix, tags);
}

/** The name of the key that it was made with; null: with none that has a name. */
export function keyOfTags(tags: readonly string[]): string | null {
  return after(keyPrefix, tags);
}

function after(prefix: string, tags: readonly string[]): string | null {
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;
}
