import {
  type AdminSeries,
  adminSeriesList,
  type AdminSeriesListData,
  type SeriesDetail,
  seriesGet,
  type SeriesOrder,
} from '../api/client';
import type { ListRequest, ResourceData } from '../api/data-provider';
import { answer } from '../api/problem';

/** The fields that lists can be ordered by. Without one, the service orders by relevance, else by name. */
const ORDERS: Readonly<Record<string, readonly [asc: SeriesOrder, desc: SeriesOrder]>> = {
  name: ['name-asc', 'name-desc'],
  added: ['added-asc', 'added-desc'],
  average_rating: ['rating-asc', 'rating-desc'],
};

export const seriesData: ResourceData<AdminSeries | SeriesDetail> = {
  list: async ({ limit, offset, sort, filter }) => {
    const order = orderOf(sort);
    const query = { limit, offset, ...filter, ...(order === undefined ? {} : { order }) };
    const { series, total } = await answer(
      adminSeriesList({ query: query as NonNullable<AdminSeriesListData['query']> }),
    );
    return { rows: series, total };
  },
  get: (id) => answer(seriesGet({ path: { id: Number(id) } })),
};

function orderOf({ field, order }: ListRequest['sort']): SeriesOrder | undefined {
  return ORDERS[field]?.[order === 'ASC' ? 0 : 1];
}
