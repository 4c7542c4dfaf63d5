import type { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';

/** Where an answer came from, for errors. */
export interface Origin {
  /** Name of the service in errors. */
  readonly system: string;
  readonly operation: string;
  readonly host: string;
  /** Whether the call may have done something. */
  readonly mutation: boolean;
}

/** Most bytes of an answer, unpacked: far more than any page of SAP's, and less than what ends the process. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * An answer to a call. What stands before a service may answer in its place: a proxy, a sign-in page. So whoever reads JSON that is none gets
 * an error that names the service, and never a parser's, whose message quotes what was read.
 */
export class Answer extends Response {
  readonly #origin: Origin;

  constructor({ body, status, statusText, headers }: Response, origin: Origin) {
    super(body && bounded(body, status, origin), { status, statusText, headers });
    this.#origin = origin;
  }

  /** @throws RemoteError `ERR_REMOTE_BROKEN` when it is no JSON, is cut off or too large */
  override readonly json = async (): Promise<unknown> => {
    try {
      return JSON.parse(await this.text()) as unknown;
    } catch (error) {
      throw error instanceof RemoteError ? error : this.unreadable();
    }
  };

  /** The error of an answer that is not the service's. Without a cause: the message of a parser could quote it, and a secret with it. */
  unreadable(): RemoteError {
    const { system, operation, host, mutation } = this.#origin;
    return new RemoteError('ERR_REMOTE_BROKEN', {
      system,
      operation,
      status: this.status,
      serviceCode: 'unreadable answer',
      // Whoever answered, what was sent may have been done.
      outcome: mutation ? 'unknown' : 'refused',
      remedy: `see what answers at ${host}: it may be a proxy or a sign-in page`,
    });
  }
}

/** An answer as its service gives it. @throws RemoteError `ERR_REMOTE_BROKEN` when it is another's */
export async function answerOf<T extends z.ZodType>(schema: T, answer: Answer): Promise<z.infer<T>> {
  const read = schema.safeParse(await answer.json());
  if (read.success) return read.data;
  throw answer.unreadable();
}

/** The body, which fails when more is read of it: what a few packed bytes unpack to is the service's to say. */
function bounded(
  body: ReadableStream<Uint8Array>,
  status: number,
  { system, operation }: Origin,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes <= LARGEST_ANSWER) return controller.enqueue(chunk);
        const serviceCode = `an answer of more than ${LARGEST_ANSWER / 1024 / 1024} MiB`;
        controller.error(new RemoteError('ERR_REMOTE_BROKEN', { system, operation, status, serviceCode }));
      },
    }),
  );
}
