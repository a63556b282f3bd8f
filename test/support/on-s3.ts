import { afterAll, beforeAll } from 'vitest';
import { startS3, type TestS3 } from './s3.js';
import { storage } from './app.js';

// Imported first by a test file, it makes every app of that file keep its images in a bucket.
let s3: TestS3;

beforeAll(async () => {
  s3 = await startS3();
  storage.env = s3.env;
});
afterAll(() => s3.close());
