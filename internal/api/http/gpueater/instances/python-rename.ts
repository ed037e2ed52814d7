import { createHash } from 'node:crypto';
import type { GpueaterCall } from '../function.ts';

/** Who did not get an answer sends the same again within this time. */
const repeatWindowMs = 60_000;
const ofRename = new Set(['instance_id', 'machine_resource_id', 'tag']);

/**
 * Tells the renames of Python's client from its terminations: both are `force_terminate` (change_instance_tag is misrouted there).
 * Whoever may have meant a name never loses an instance.
 */
export class PythonRenames {
  /** The last rename of an instance, by what was sent. */
  readonly #last = new Map<string, { readonly sent: string; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * The tag that the instance is to have; null: it is to be terminated. A rename brings another tag; or, where the tag is the one
   * that it has, nothing but ids and tag, or the very same that renamed it a moment ago. A termination brings all that
   * instance_list says, with the tag in it, or no tag.
   */
  tagOf(
    { userAgent, form }: GpueaterCall,
    instance: { readonly uuid: string; readonly tag: string },
  ): string | null {
    const tag = userAgent.startsWith('PythonAPI') ? form.given('tag') : null;
    if (tag === null) return null;
    const sent = createHash('sha256').update(JSON.stringify(form.entries())).digest('hex');
    if (tag !== instance.tag) {
      this.#forgetOld();
      this.#last.set(instance.uuid, { sent, at: this.#now() });
      return tag;
    }
    if (form.entries().every(([name]) => ofRename.has(name))) return tag;
    const last = this.#last.get(instance.uuid);
    return last?.sent === sent && this.#now() - last.at < repeatWindowMs ? tag : null;
  }

  #forgetOld(): void {
    for (const [uuid, { at }] of this.#last) if (this.#now() - at >= repeatWindowMs) this.#last.delete(uuid);
  }
}
