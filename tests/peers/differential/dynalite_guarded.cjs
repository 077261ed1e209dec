// dynalite for one client that sends one request at a time: node dynalite_guarded.cjs FOLDER PORT
// dynalite ends when an operation throws, and would keep the row locked; here the request is answered with 500.
const { createRequire } = require('node:module');

const [folder, port] = process.argv.slice(2);
const load = createRequire(`${folder}/node_modules/dynalite/index.js`);
// Requests come one by one, so nothing needs a lock, and a crash leaves none behind.
load('lock').Lock = () => (keys, work) => work((done) => done);

const server = load('./index.js')({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
const open = new Set();
server.prependListener('request', (request, response) => {
  open.add(response);
  response.on('close', () => open.delete(response));
});
process.on('uncaughtException', (error) => {
  for (const response of open) {
    const body = JSON.stringify({ __type: 'dynalite#Crash', message: String(error) });
    response.writeHead(500, { 'x-amz-crc32': 'none' });
    response.end(body);
  }
});
server.listen(Number(port), '127.0.0.1');
