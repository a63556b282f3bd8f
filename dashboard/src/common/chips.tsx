import Chip from '@mui/material/Chip';
import Stack from '@mui/material/Stack';

/** Short texts side by side, such as the names of roles. */
export function Chips({ labels }: { labels: readonly string[] }) {
  return (
    <Stack component="span" direction="row" sx={{ gap: 0.5, flexWrap: 'wrap' }}>
      {labels.map((label) => (
        <Chip
          key={label}
          component="span"
          label={label}
          size="small"
          // A long text takes several lines.
          sx={{
            height: 'auto',
            minHeight: 24,
            '& .MuiChip-label': { whiteSpace: 'normal', overflowWrap: 'anywhere', py: 0.25 },
          }}
        />
      ))}
    </Stack>
  );
}
