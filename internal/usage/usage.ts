/** For how long an instance ran, and what an hour of it costs. Times are ISO, in UTC. */
export interface UsageRecord {
  readonly id: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** uuid; the instance may be gone. */
  readonly instance: string;
  readonly name: string;
  /** What its owner wrote to it: its description. */
  readonly tag: string | null;
  readonly flavor: string | null;
  /** The subscription that pays for it; null: none does. */
  readonly subscription: string | null;
  /** As it was when the instance was launched; 0: it has no flavor, or a subscription pays. */
  readonly pricePerHour: number;
  readonly startedAt: string;
  /** null: it runs. */
  readonly endedAt: string | null;
  /** Whole seconds that it ran. */
  readonly seconds: number;
}

/** The record of who ran what. */
export interface Usage {
  /** By start. Those that overlap the time asked for (ISO; `to` is outside of it), each whole. */
  list(query: {
    readonly owner?: string;
    readonly from?: string;
    readonly to?: string;
  }): readonly UsageRecord[];
  /** How many run now. */
  running(): number;
}

/** The flavor is kept with an instance as a tag. */
const flavorTag = 'flavor:';

/** @param tags of an instance */
export function flavorOfTags(tags: readonly string[]): string | null {
  return tags.find((tag) => tag.startsWith(flavorTag))?.slice(flavorTag.length) ?? null;
}
