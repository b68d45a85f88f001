// Loaded before Prism's command line (node --require). When it starts, it prints an example of every call, and on the way
// encodes the names of the query parameters in the very objects that it validates with: filter[app] becomes
// filter%5Bapp%5D, is looked for in vain where it is required, and is never validated. Plain paths are printed instead.
'use strict';
const paths = require('@stoplight/prism-cli/dist/util/paths');
const { right } = require('fp-ts/Either');

paths.createExamplePath = (operation) => right(operation.path);
