import { Problem } from '../http/problem.js';

export function uploadIncomplete(id: string): Problem {
  return new Problem({
    status: 409,
    code: 'upload_incomplete',
    title: 'The upload is not complete',
    detail: `Not all bytes of the upload ${id} have arrived yet. Finish the upload, then ask again.`,
  });
}
