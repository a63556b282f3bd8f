// Starts the measured processes, and reads their processor time and memory.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks per second, the unit of processor time in /proc. */
const TICKS = 100;

/**
 * Starts a server and waits until it answers.
 *
 * @param args what Node runs
 * @param probe the path that answers 200 when it is ready
 */
export async function startServer(args, port, env, probe) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, PORT: String(port) },
    // The log is written to /dev/null, so that the cost of writing it is measured.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://localhost:${port}`;
  for (;;) {
    const answer = await fetch(url + probe).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) break;
    if (child.exitCode !== null) throw new Error(`${args.at(-1)} has ended with ${child.exitCode}`);
    await sleep(50);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await new Promise((resolve) => child.once('close', resolve));
  };
  return { pid: child.pid, url, stop };
}

/** Processor time of a process and of its terminated children in seconds. */
export async function processorSeconds(pid) {
  const fields = await statOf(pid);
  return fields === null ? 0 : fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Processor time of a PostgreSQL server in seconds: the postmaster and its child processes. */
export async function serverSeconds(postmaster) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  let sum = await processorSeconds(postmaster);
  for (const pid of pids) {
    const fields = await statOf(pid);
    if (fields !== null && Number(fields[1]) === postmaster) sum += await processorSeconds(pid);
  }
  return sum;
}

/** Resident memory of a process in MiB. */
export async function residentMemory(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** The fields of /proc/PID/stat after the name; null if the process has ended. */
async function statOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
