import { attribute, child, element, type XmlElement } from '../../tree.ts';

export interface VideoOptions {
  /** `none`: no emulated card, for a guest whose only screen is a passed-through GPU. */
  readonly model: 'virtio' | 'vga' | 'qxl' | 'bochs' | 'cirrus' | 'ramfb' | 'none';
  readonly heads?: number;
  readonly vramKiB?: number;
  readonly primary?: boolean;
}

export function videoElement(video: VideoOptions): XmlElement {
  return element(
    'video',
    {},
    element('model', {
      type: video.model,
      vram: video.vramKiB,
      heads: video.heads,
      primary: video.primary === undefined ? null : video.primary ? 'yes' : 'no',
    }),
  );
}

/** The model of a `<video>` as it was read. */
export function readVideoModel(el: XmlElement): string | null {
  const model = child(el, 'model');
  return model === null ? null : attribute(model, 'type');
}
