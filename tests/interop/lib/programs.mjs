// Runs our programs as child processes. Every child that is still there at the end is ended by its pid.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { programEnvironment } from './environment.mjs';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

function start(program, args, stdio) {
  const child = spawn(program, args, { stdio, env: programEnvironment() });
  running.add(child);
  child.finished = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`cannot start ${program}: ${error.message}`)));
    child.on('close', (code, signal) => resolve(signal ?? code));
  }).finally(() => running.delete(child));
  child.finished.catch(() => {});
  return child;
}

/** Runs to the end. @returns {{code, stdout, stderr}} */
export async function run(program, args, input = '') {
  const child = start(program, args, ['pipe', 'pipe', 'pipe']);
  const read = async (stream) => {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  };
  child.stdin.on('error', () => {}); // a program that ends early says why itself
  child.stdin.end(input);
  const [code, stdout, stderr] = await Promise.all([child.finished, read(child.stdout), read(child.stderr)]);
  return { code, stdout, stderr };
}

/** As run, but anything but exit code 0 is an error. @returns stdout */
export async function runOk(program, args, input) {
  const { code, stdout, stderr } = await run(program, args, input);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}\n${stderr || stdout}`);
  return stdout;
}

async function stop(child) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await child.finished;
  clearTimeout(timer);
}

/** Starts a server that says nothing useful, and waits until it answers at `url`. @returns {{url, stop}} */
export async function startProgram(program, args, url) {
  const child = start(program, args, ['ignore', 'ignore', 'ignore']);
  let ended = false;
  child.finished.catch(() => {}).finally(() => { ended = true; });
  for (;;) {
    if (await fetch(url).then(() => true, () => false)) return { url, stop: () => stop(child) };
    if (ended) throw new Error(`${program} ${args.join(' ')} ended`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts a server that says `listening on URL`. @returns {{url, stop}} */
export async function startServer(program, args) {
  const child = start(program, args, ['ignore', 'pipe', 'inherit']);
  const lines = createInterface({ input: child.stdout });
  const url = await Promise.race([
    (async () => {
      for await (const line of lines) {
        const found = /listening on (http:\/\/\S+)/.exec(line);
        if (found) return found[1];
      }
      throw new Error(`${program} ${args.join(' ')} ended without listening`);
    })(),
    child.finished.then((code) => Promise.reject(new Error(`${program} ${args.join(' ')}: exit ${code}`))),
  ]);
  child.stdout.resume();
  return {
    url,
    stop: () => stop(child),
  };
}
