// What holds on the local disk holds in a bucket: the same tests, once more.
import '../support/on-s3.js';
import '../avatars/avatars.test.js';
import '../photos/photos.test.js';
