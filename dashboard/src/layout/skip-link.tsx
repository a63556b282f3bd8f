import Button from '@mui/material/Button';
import { useTranslate } from 'react-admin';

/** The first element that the keyboard reaches: it leads past header and menu. */
export function SkipLink({ target }: { target: string }) {
  const translate = useTranslate();
  return (
    <Button
      variant="contained"
      onClick={() => document.getElementById(target)?.focus()}
      sx={{
        position: 'fixed',
        top: 4,
        left: 4,
        zIndex: 'tooltip',
        '&:not(:focus)': { transform: 'translateY(-200%)' },
      }}
    >
      {translate('ra.navigation.skip_nav')}
    </Button>
  );
}
