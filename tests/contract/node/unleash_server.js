// Unleash on the database behind a socket: node unleash_server.js DIRECTORY ADMIN_TOKEN
const { start } = require('unleash-server');

const [directory, secret] = process.argv.slice(2);
start({
  db: { host: directory, port: 5432, user: 'train', password: '', database: 'postgres', ssl: false },
  server: { host: '127.0.0.1', port: 0 },
  authentication: {
    initApiTokens: [{ environment: '*', projects: ['*'], secret, type: 'admin', tokenName: 'train' }],
  },
  logLevel: 'warn',
  checkVersion: false,
  telemetry: false,
}).then(
  (unleash) => console.log(`Unleash is listening on ${unleash.server.address().port}`),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
