import { Pagination } from 'react-admin';

/** The sizes of pages that the service allows; the first one is the default of lists. */
export function ListPagination() {
  return <Pagination rowsPerPageOptions={[20, 50, 100]} />;
}
