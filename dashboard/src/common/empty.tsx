import Typography from '@mui/material/Typography';
import { useListContext, useTranslate } from 'react-admin';

/** What a list shows that has no rows. */
export function Empty() {
  const translate = useTranslate();
  const { filterValues } = useListContext();
  const isFiltered = Object.keys(filterValues ?? {}).length > 0;
  return (
    <Typography sx={{ p: 4, textAlign: 'center' }} color="textSecondary" role="status">
      {translate(isFiltered ? 'app.no_match' : 'app.empty')}
    </Typography>
  );
}
