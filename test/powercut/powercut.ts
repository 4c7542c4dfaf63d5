import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What one simulated power cut showed. */
export interface PowerCut {
  /** Lines that the writer had printed when the power went. */
  readonly printed: string;
  /** The directory as it was on the device. */
  readonly directory: string;
}

export interface PowerCutOptions {
  /** Lines that the writer prints before the power goes. @default random */
  readonly lines?: number;
  /** Arguments of the writer's Node. @default [] */
  readonly nodeArguments?: readonly string[];
}

const IMAGE_BYTES = 600 * 2 ** 20;
const WRITER = path.join(import.meta.dirname, 'writer.ts');

/** Why power cuts can't be simulated here; undefined = they can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, for loop devices';
  const laboratory = mkdtempSync(path.join(tmpdir(), 'locum-loop-'));
  try {
    const image = makeImage(laboratory, 16 * 2 ** 20);
    const mounted = mount(image, path.join(laboratory, 'mounted'));
    umount(mounted);
    return undefined;
  } catch (error) {
    return `no loop devices here (${(error as NodeJS.ErrnoException).code ?? 'mount failed'})`;
  } finally {
    rmSync(laboratory, { recursive: true, force: true });
  }
}

/**
 * Lets a writer work on a file system of its own and cuts the power: the writer is stopped and the device's image is
 * copied, which is what had reached the device and not what the kernel still had in memory. Then the copy is mounted
 * and handed to `look`.
 */
export async function cutPower(
  { lines = randomInt(1, 400), nodeArguments = [] }: PowerCutOptions,
  look: (cut: PowerCut) => Promise<void>,
): Promise<void> {
  const laboratory = mkdtempSync(path.join(tmpdir(), 'locum-power-'));
  const snapshot = path.join(laboratory, 'snapshot');
  let printed = '';
  try {
    const image = makeImage(laboratory, IMAGE_BYTES);
    const mounted = mount(image, path.join(laboratory, 'before'));
    try {
      const writer = startWriter(path.join(mounted, 'store'), nodeArguments);
      try {
        await writer.lines(lines);
        writer.child.kill('SIGSTOP');
        copyFileSync(image, snapshot, constants.COPYFILE_FICLONE);
      } finally {
        printed = await writer.kill();
      }
    } finally {
      umount(mounted);
    }
    const after = mount(snapshot, path.join(laboratory, 'after'));
    try {
      await look({ printed, directory: path.join(after, 'store') });
    } finally {
      umount(after);
    }
  } finally {
    rmSync(laboratory, { recursive: true, force: true });
  }
}

function startWriter(directory: string, nodeArguments: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [...nodeArguments, WRITER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let text = '';
  let wake = (): void => undefined;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  return {
    child,
    async lines(count: number): Promise<void> {
      while (text.split('\n').length <= count) {
        if (child.exitCode !== null) throw new Error(`the writer ended with ${child.exitCode}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async kill(): Promise<string> {
      child.kill('SIGKILL');
      await closed;
      return text;
    },
  };
}

function makeImage(laboratory: string, bytes: number): string {
  const image = path.join(laboratory, 'image');
  writeFileSync(image, '');
  truncateSync(image, bytes);
  execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'pipe' });
  return image;
}

function mount(image: string, directory: string): string {
  if (!existsSync(directory)) mkdirSync(directory);
  execFileSync('mount', ['-o', 'loop', image, directory], { stdio: 'pipe' });
  return directory;
}

function umount(directory: string): void {
  execFileSync('umount', [directory], { stdio: 'pipe' });
}
