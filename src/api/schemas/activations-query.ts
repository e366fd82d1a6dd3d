import { z } from 'zod';
import { PHASES } from '../../activation/phases.js';
import { pageQuery } from '../http/pages.js';

/** The parameters of the list of activations. */
export const activationsQuery = pageQuery.extend({
  phase: z.enum(PHASES).optional(),
  connectionId: z.string().optional(),
  q: z.string().max(200).optional().meta({ description: "Part of an id or of the audience's name." }),
});
