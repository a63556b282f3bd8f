import Translate from '@mui/icons-material/Translate';
import IconButton from '@mui/material/IconButton';
import MuiMenu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import { useLocales, useLocaleState, useTranslate } from 'react-admin';

/** Chooses the language. */
export function LanguageButton() {
  const translate = useTranslate();
  const locales = useLocales();
  const [locale, setLocale] = useLocaleState();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const choose = (chosen: string) => {
    setLocale(chosen);
    setAnchor(null);
  };
  return (
    <>
      <Tooltip title={translate('app.language')}>
        <IconButton
          color="inherit"
          aria-label={translate('app.language')}
          aria-haspopup="true"
          aria-expanded={anchor !== null}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <Translate fontSize="small" />
        </IconButton>
      </Tooltip>
      <MuiMenu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {locales.map(({ locale: one, name }) => (
          <MenuItem key={one} lang={one} selected={one === locale} onClick={() => choose(one)}>
            {name}
          </MenuItem>
        ))}
      </MuiMenu>
    </>
  );
}
