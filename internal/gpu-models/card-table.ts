import { readCards } from './card-rows.ts';
import type { KnownCard } from './card.ts';
import { instinct, radeonPro } from './table/amd-professional.ts';
import { geforce } from './table/geforce.ts';
import { arcPro, dataCentreIntel, intel } from './table/intel.ts';
import { dataCentre, workstation } from './table/nvidia-professional.ts';
import { radeon } from './table/radeon.ts';

/** All cards that names are known of. */
export const cardTable: readonly KnownCard[] = [
  geforce,
  workstation,
  dataCentre,
  radeon,
  radeonPro,
  instinct,
  intel,
  arcPro,
  dataCentreIntel,
].flatMap(readCards);
