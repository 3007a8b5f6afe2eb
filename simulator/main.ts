import { startSimulator } from './server.ts';
import { readSettings } from './settings.ts';

/** The simulator as a process. With an IPC channel it ends when its parent ends. */
const { url, close } = await startSimulator(readSettings(process.env));

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await close();
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
// Ctrl-C reaches the whole process group: the program may need Toss while it shuts down.
process.on('SIGINT', () => {
  if (!process.send) void stop();
});
process.on('disconnect', () => void stop());

process.send?.({ type: 'ready', url });
console.log(`simulator listening on ${url}`);
