/** A part of a multipart form: a file if it has a file name. */
export interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly bytes: Buffer | string;
}

/** Encodes a multipart form as browsers do. */
export function form(parts: readonly Part[]): {
  raw: Buffer;
  headers: Record<string, string>;
  /** The unencoded parts, for the generated client. */
  parts: readonly Part[];
} {
  const boundary = 'boundary-of-a-test';
  const chunks = parts.flatMap(({ name = 'image', filename, bytes }) => [
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`,
    bytes,
    '\r\n',
  ]);
  return {
    raw: Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk as string))),
    parts,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
