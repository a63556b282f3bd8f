// Runs the tests of avatars and photos again, with the files in an S3 bucket.
import '../support/on-s3.js';
import '../avatars/avatars.test.js';
import '../photos/photos.test.js';
