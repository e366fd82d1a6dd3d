/** Where the objects of an upload and of its preparations lie in the store. */
export const uploadKey = (uploadId: string) => `uploads/${uploadId}`;
/** The text of a packed or UTF-16 upload: immutable as the upload is, and deleted with it. */
export const expandedKey = (uploadId: string) => `expanded/${uploadId}`;
export const partsPrefix = (preparationId: string) => `parts/${preparationId}/`;
export const partKey = (preparationId: string, part: number) => `${partsPrefix(preparationId)}${part}.csv`;
/** Rejected cells of a part: lines `line,column,reason`, without values. Deleted with the upload, not with the parts. */
export const rejectedPrefix = (preparationId: string) => `rejected/${preparationId}/`;
export const rejectedKey = (preparationId: string, part: number) =>
  `${rejectedPrefix(preparationId)}${part}.csv`;
