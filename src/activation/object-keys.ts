/** Where the objects of an upload and of its preparations lie in the store. */
export const uploadKey = (uploadId: string) => `uploads/${uploadId}`;
export const partsPrefix = (preparationId: string) => `parts/${preparationId}/`;
export const partKey = (preparationId: string, part: number) => `${partsPrefix(preparationId)}${part}.csv`;
/** Rejected cells of a part: lines `line,column,reason`, without values. Kept for the report when parts are deleted. */
export const rejectedKey = (preparationId: string, part: number) => `rejected/${preparationId}/${part}.csv`;
