/** One page of a list, with its `page_info`. Pages are counted from 1; one behind the last is empty. */
export function pageOf<Item>(
  all: readonly Item[],
  { page, page_size }: { readonly page: number; readonly page_size: number },
) {
  return {
    list: all.slice((page - 1) * page_size, page * page_size),
    page_info: {
      page,
      page_size,
      total_number: all.length,
      total_page: Math.ceil(all.length / page_size),
    },
  };
}
