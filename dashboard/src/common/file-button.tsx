import Button, { type ButtonProps } from '@mui/material/Button';
import { useRef } from 'react';

/** A button that opens the browser's dialog to choose a file. */
export function FileButton(props: ButtonProps & { accept: string; onFile: (file: File) => void }) {
  const { accept, onFile, ...rest } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...rest} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file can be chosen again after a refusal.
          target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}
