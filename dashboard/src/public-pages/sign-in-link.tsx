import Button from '@mui/material/Button';
import { useTranslate } from 'react-admin';
import { Link } from 'react-router';

export function SignInLink() {
  const translate = useTranslate();
  return (
    <Button component={Link} to="/login" variant="text" fullWidth sx={{ mt: 1 }}>
      {translate('pages.to_sign_in')}
    </Button>
  );
}
