import Box from '@mui/material/Box';
import Card from '@mui/material/Card';
import CardContent from '@mui/material/CardContent';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect } from 'react';
import { Notification, ToggleThemeButton, useTranslate } from 'react-admin';
import { LanguageButton } from './language-button';
import { useLanguageOfPage } from './page-effects';

/** The frame around pages that need no sign-in: a card in the middle. @param title the heading, translated */
export function PublicFrame({ title, children }: { title: string; children: ReactNode }) {
  const translate = useTranslate();
  useLanguageOfPage();
  useEffect(() => {
    document.title = `${title} · ${translate('app.title')}`;
  }, [title, translate]);
  return (
    <Box sx={{ minHeight: '100vh', display: 'flex', flexDirection: 'column', bgcolor: 'background.default' }}>
      <Stack
        component="header"
        direction="row"
        sx={{ p: 1, justifyContent: 'flex-end', alignItems: 'center' }}
      >
        <Typography sx={{ flex: 1, pl: 1, fontWeight: 600 }} color="textPrimary">
          {translate('app.title')}
        </Typography>
        <Box sx={{ color: 'text.primary', display: 'flex' }}>
          <LanguageButton />
          <ToggleThemeButton />
        </Box>
      </Stack>
      <Box
        component="main"
        sx={{ flex: 1, display: 'flex', justifyContent: 'center', alignItems: 'start', p: 2 }}
      >
        <Card sx={{ width: '100%', maxWidth: 440, mt: { xs: 1, sm: 6 } }}>
          <CardContent>
            <Typography component="h1" variant="h1" gutterBottom>
              {title}
            </Typography>
            {children}
          </CardContent>
        </Card>
      </Box>
      <Notification />
    </Box>
  );
}
