// The processes that are measured: what they are started with, and what they cost.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ticks of the kernel's clock in a second, in which it counts a process's work. */
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
    // Its log goes where a container's would be collected, and costs what writing it costs.
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

/** Seconds that processors have worked for a process so far, for those of its children that are gone as well. */
export async function processorSeconds(pid) {
  const fields = await statOf(pid);
  return fields === null ? 0 : fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** The same for a PostgreSQL server: its postmaster and all that it has started. */
export async function serverSeconds(postmaster) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  let sum = await processorSeconds(postmaster);
  for (const pid of pids) {
    const fields = await statOf(pid);
    if (fields !== null && Number(fields[1]) === postmaster) sum += await processorSeconds(pid);
  }
  return sum;
}

/** MiB of memory that a process has now. */
export async function residentMemory(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** The fields of a process's line after its name; null when it is gone. */
async function statOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
