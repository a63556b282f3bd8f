import { afterAll, beforeAll } from 'vitest';
import { startS3, type TestS3 } from './s3.js';
import { storage } from './app.js';

// A test file that imports this module first stores all its images in S3.
let s3: TestS3;

beforeAll(async () => {
  s3 = await startS3();
  storage.env = s3.env;
});
afterAll(() => s3.close());
