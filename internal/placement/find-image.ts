import { closest } from '../spec/closest.ts';
import type { ImageOffer } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';

/** By id, else by name; null: there is none. */
export function findImage(images: readonly ImageOffer[], named: string): ImageOffer | null {
  return images.find(({ id }) => id === named) ?? images.find(({ name }) => name === named) ?? null;
}

const listed = 10;

/** There is no such image: with the names that may have been meant, and how to get one. */
export function imageMissing(subject: string, named: string, images: readonly ImageOffer[]): Obstacle {
  const names = images.map(({ name }) => name);
  const near = closest(named, names);
  const some = names.slice(0, listed).join(', ') + (names.length > listed ? ' ...' : '');
  const there = near !== null ? ` Is "${near}" meant?` : names.length > 0 ? ` There are: ${some}.` : '';
  return obstacle('image-missing', subject, `There is no image "${named}".${there}`, {
    fix: `Import it first: protium image import ${named}, or POST /v1/images; the catalogue (protium image catalogue) has what can be had by name.`,
    details: near === null ? {} : { near },
  });
}
